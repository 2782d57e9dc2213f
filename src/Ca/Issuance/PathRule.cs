using EContract.Pki.X509;
using EContract.Pki.X509.Lint;
using EContract.Validation.Paths;

namespace EContract.Ca.Issuance;

/// <summary>A relying party that trusts the root would accept the certificate for every purpose that it names.</summary>
/// <param name="issuers">The issuer's chain with throwaway keys.</param>
/// <param name="from">When the last certificate of the issuer's chain begins: a planned one may be backdated behind it.</param>
internal sealed class PathRule(StandInChain issuers, DateTimeOffset from) : ICertificateRule
{
    public string Name => "path_validates";

    public string Clause => "RFC 5280 §6.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        string?[] purposes = subject.ExtendedKeyUsage is { Purposes.Count: > 0 } named ? [.. named.Purposes] : [null];
        foreach (var purpose in purposes)
        {
            var parameters = new PathParameters
            {
                Time = subject.Tbs.NotBefore > from ? subject.Tbs.NotBefore : from,
                TrustAnchors = [issuers.Anchor],
                CheckRevocation = false,
                RequiredPurpose = purpose,
            };
            if (new PathValidator(issuers.Pool, parameters).Validate(subject.Certificate).Problem is { } problem)
            {
                yield return $"{problem.Failure} ({problem.Clause}): {problem.Detail}";
            }
        }
    }
}
