using System.Security.Cryptography;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>Judges one-time passwords. What was accepted for one subject is never accepted for another.</summary>
public sealed class OtpVerifier(
    SignerDatabase database,
    TokenKeys keys,
    AuthenticatorSeeds seeds,
    SignerOptions settings,
    TimeProvider time
)
{
    /// <summary>Whether the code is right; if so it is bound to its subject, where it may be entered again until the step is done.</summary>
    /// <param name="credential">Whose authenticator; null where there is none yet.</param>
    public async Task<bool> AcceptAsync(OneTimePassword password, CredentialId? credential, string code)
    {
        // Digits only, and few: nothing else is worth a call to the token.
        code = code.Replace(" ", "", StringComparison.Ordinal);
        if (code.Length is 0 or > 16 || !code.All(char.IsAsciiDigit))
        {
            return false;
        }

        var mac = await keys.OtpMacAsync(password.SubjectId, code, CancellationToken.None);
        if (IsSame(password.AcceptedMac, mac))
        {
            return true;
        }

        if (password.AcceptedMac is not null)
        {
            return false;
        }

        var right =
            password.Method == OtpMethod.Totp
                ? credential is { } owner && await UseStepAsync(owner, code)
                : IsSame(password.Mac, mac) && password.ExpiresAt > time.GetUtcNow();
        return right && await BindAsync(password.SubjectId, mac);
    }

    public async Task<bool> WasAcceptedAsync(OneTimePassword password, string code) =>
        password.AcceptedMac is { } accepted
        && IsSame(
            accepted,
            await keys.OtpMacAsync(password.SubjectId, code.Replace(" ", "", StringComparison.Ordinal), CancellationToken.None)
        );

    private async Task<bool> BindAsync(string subjectId, byte[] mac)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        return await db.TryAcceptAsync(subjectId, mac, CancellationToken.None);
    }

    /// <summary>RFC 6238 §5.2: each time step is accepted once, by whichever node.</summary>
    private async Task<bool> UseStepAsync(CredentialId credential, string code)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        var authenticator = await db.FindAuthenticatorAsync(credential, confirmed: true, CancellationToken.None);
        if (authenticator is null)
        {
            return false;
        }

        using var seed = await seeds.OpenAsync(authenticator, CancellationToken.None);
        var step = Totp.Match(
            seed.Memory.Span,
            System.Text.Encoding.ASCII.GetBytes(code),
            time.GetUtcNow(),
            settings.Otp.TotpWindow,
            authenticator.LastStep
        );
        return step is { } matched && await db.TryUseStepAsync(credential, matched, CancellationToken.None);
    }

    private static bool IsSame(byte[]? expected, byte[] actual) =>
        expected is not null && CryptographicOperations.FixedTimeEquals(expected, actual);
}
