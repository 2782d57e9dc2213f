using System.Globalization;
using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Delivery;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>Makes one-time passwords and gets them to subscribers. A code is known to nobody but its receiver: only its HMAC is kept.</summary>
public sealed class OneTimePasswords(
    SignerDatabase database,
    TokenKeys keys,
    IEnumerable<IOtpSender> senders,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    private const int CodeDigits = 8;

    private readonly OtpOptions _options = settings.Otp;

    /// <summary>Whether the subscriber can get codes this way.</summary>
    /// <exception cref="ServiceException">OTP_CHANNEL_MISSING.</exception>
    public void RequireChannel(OtpMethod method, string? email, string? mobile)
    {
        var destination = method == OtpMethod.Email ? email : mobile;
        if (method != OtpMethod.Totp && (string.IsNullOrEmpty(destination) || senders.All(s => s.Method != method)))
        {
            throw new ServiceException(Fault.OtpChannelMissing, $"One-time passwords can't reach this subscriber by {method}.");
        }
    }

    /// <summary>The row of a new subject, to be committed together with it. No code exists yet.</summary>
    public OneTimePassword Open(
        string subjectId,
        SubscriberId subscriber,
        OtpMethod method,
        string? email,
        string? mobile,
        string language
    ) =>
        new()
        {
            SubjectId = subjectId,
            SubscriberId = subscriber,
            Method = method,
            Destination = method switch
            {
                OtpMethod.Email => email,
                OtpMethod.Sms => mobile,
                _ => null,
            },
            Language = language,
            AttemptsLeft = _options.Attempts,
            Delivered = method == OtpMethod.Totp,
        };

    public static OtpDelivery Describe(OneTimePassword password) =>
        new(
            password.Method,
            password switch
            {
                { Method: OtpMethod.Email, Destination: { } address } => Masking.Email(address),
                { Method: OtpMethod.Sms, Destination: { } number } => Masking.Mobile(number),
                _ => "",
            },
            password.ExpiresAt
        );

    /// <summary>Sends the first code of a subject, unless its carrier has it already: what a repeated call asks for.</summary>
    public async Task<OtpDelivery> SendOnceAsync(string subjectId, OtpContent content, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var password = await db.GetOneTimePasswordAsync(subjectId, cancellationToken);
        return password.Delivered ? Describe(password) : await SendAsync(subjectId, content, cancellationToken);
    }

    /// <summary>Sends a new code, which takes the place of the one before. Attempts are not given back.</summary>
    public async Task<OtpDelivery> ResendAsync(string subjectId, OtpContent content, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var password = await db.GetOneTimePasswordAsync(subjectId, cancellationToken);
        if (password.Method == OtpMethod.Totp)
        {
            return Describe(password);
        }

        if (password.Sends > _options.Resends)
        {
            throw new ServiceException(
                Fault.OtpResendLimited,
                $"A one-time password is sent again {_options.Resends} times at most. Begin anew."
            );
        }

        var wait = password.LastSentAt + _options.ResendInterval - time.GetUtcNow();
        return wait is { } left && left > TimeSpan.Zero
            ? throw new ServiceException(Fault.OtpResendLimited, "The last one-time password was sent just now.") { RetryAfter = left }
            : await SendAsync(subjectId, content, cancellationToken);
    }

    private async Task<OtpDelivery> SendAsync(string subjectId, OtpContent content, CancellationToken cancellationToken)
    {
        var code = RandomNumberGenerator.GetInt32(100_000_000).ToString($"D{CodeDigits}", CultureInfo.InvariantCulture);
        var mac = await keys.OtpMacAsync(subjectId, code, cancellationToken);
        var password = await StoreAsync(subjectId, mac, cancellationToken);
        await points.ReachedAsync(CyclePoint.OtpStored);

        var (subject, text) = MessageTemplates.Compose(
            password.Language,
            content.Occasion,
            code,
            content.Name,
            password.ExpiresAt!.Value,
            content.Items
        );
        await HandOverAsync(password, new OtpMessage(password.Destination!, subject, text), cancellationToken);
        await using var db = await database.OpenAsync(cancellationToken);
        await db.MarkDeliveredAsync(subjectId, mac, cancellationToken);
        return Describe(password);
    }

    private async Task<OneTimePassword> StoreAsync(string subjectId, byte[] mac, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var password = await db.LockOneTimePasswordAsync(subjectId, cancellationToken);
        if (password.AcceptedMac is not null)
        {
            throw new ServiceException(
                Fault.OtpAlreadyUsed,
                "The one-time password of this step was right already; no further one is sent."
            );
        }

        var hourAgo = now - TimeSpan.FromHours(1);
        if (await db.CountSendsAsync(password.SubscriberId, hourAgo, cancellationToken) >= _options.SendsPerHour)
        {
            throw new ServiceException(Fault.OtpResendLimited, "Too many one-time passwords were sent to this subscriber within an hour.")
            {
                RetryAfter = TimeSpan.FromMinutes(10),
            };
        }

        password.Mac = mac;
        password.ExpiresAt = now + _options.Lifetime;
        password.Sends++;
        password.LastSentAt = now;
        password.Delivered = false;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return password;
    }

    private async Task HandOverAsync(OneTimePassword password, OtpMessage message, CancellationToken cancellationToken)
    {
        var sender = senders.First(s => s.Method == password.Method);
        using var deadline = new CancellationTokenSource(settings.Delivery.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await sender.SendAsync(message, either.Token);
        }
        catch (DeliveryException e)
        {
            throw new ServiceException(Fault.OtpDeliveryFailed, e.Message, cause: e);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ServiceException(Fault.OtpDeliveryFailed, "The carrier of one-time passwords did not answer in time.", cause: e);
        }
    }
}
