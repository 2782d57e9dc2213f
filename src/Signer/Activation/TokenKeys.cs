using System.Security.Cryptography;
using System.Text;
using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Keys;

namespace EContract.Signer.Activation;

/// <summary>The Signer's own keys in the token, each found when it is first needed.</summary>
public sealed class TokenKeys(Token token, TokenKeyLabels labels)
{
    /// <summary>HMAC-SHA-256 of a code for one subject: without the token, the database's row tells nothing about 8 digits.</summary>
    public async Task<byte[]> OtpMacAsync(string subjectId, string code, CancellationToken cancellationToken)
    {
        var pepper =
            await token.FindHmacKeyAsync(labels.OtpPepper, cancellationToken)
            ?? throw Missing(labels.OtpPepper);
        // The subject's id has no NUL: two different pairs never give the same bytes.
        var data = Encoding.UTF8.GetBytes($"{subjectId}\0{code}");
        try
        {
            return await pepper.ComputeAsync(data, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    private static ServiceException Missing(string label) => new(Fault.TokenKeyMissing, $"The token holds no key '{label}'.");
}
