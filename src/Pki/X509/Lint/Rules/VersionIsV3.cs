namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A certificate with extensions is version 3; ours always have some.</summary>
public sealed class VersionIsV3 : ICertificateRule
{
    public string Name => "version_is_v3";

    public string Clause => "RFC 5280 §4.1.2.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.Version != 3)
        {
            yield return "the version is not v3";
        }
    }
}
