namespace EContract.Pki.X509.Lint.Rules;

/// <summary>No certificate outlives its issuer: after that nobody could revoke it.</summary>
public sealed class ValidityIsWithinIssuer : ICertificateRule
{
    public string Name => "validity_is_within_issuer";

    public string Clause => "EContract CPS";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Issuer is { } issuer && subject.Tbs.NotAfter > issuer.Tbs.NotAfter)
        {
            yield return "the certificate outlives its issuer";
        }
    }
}
