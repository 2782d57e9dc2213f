using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Validation.Paths;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Whether the signer of a time-stamp leads to one of the configured trust anchors at a time. Without anchors, nothing is said.</summary>
/// <remarks>An evidence record carries no revocation data of its time-stamps: a revoked authority's are the archive's to renew before.</remarks>
internal sealed class TokenTrust(AnchorStore anchors)
{
    /// <returns>Null when it does, or when no anchor is configured; else why not.</returns>
    public string? ProblemOf(TimeStampToken token, ReadOnlyMemory<byte> signer, DateTimeOffset at)
    {
        if (anchors.Anchors.Count == 0)
        {
            return null;
        }

        var parameters = new PathParameters
        {
            Time = at,
            TrustAnchors = anchors.Anchors,
            CheckRevocation = false,
            RequiredPurpose = Oids.TimeStampingEku,
        };
        try
        {
            var pool = new CertificatePool(Certificates(token.SignedData), []);
            var result = new PathValidator(pool, parameters).Validate(Certificate.Decode(signer));
            return result.Problem is { } problem ? $"{problem.Clause}: {problem.Detail}" : null;
        }
        catch (MalformedException e)
        {
            return e.Message;
        }
    }

    /// <summary>Those of the token that are X.509 certificates; the other kinds of RFC 5652 §10.2.2 help no path.</summary>
    private static IEnumerable<Certificate> Certificates(SignedData signedData) =>
        signedData.Certificates.Where(choice => choice.Span[0] == 0x30).Select(Certificate.Decode);
}
