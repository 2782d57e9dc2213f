namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Purposes are named: never anyExtendedKeyUsage, none twice.</summary>
public sealed class ExtendedKeyUsageIsSpecific : ICertificateRule
{
    public string Name => "extended_key_usage_is_specific";

    public string Clause => "RFC 5280 §4.2.1.12";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        var purposes = subject.ExtendedKeyUsage?.Purposes ?? [];
        if (purposes.Contains(AnyExtendedKeyUsage))
        {
            yield return "anyExtendedKeyUsage";
        }

        if (purposes.Distinct().Count() != purposes.Count)
        {
            yield return "a purpose appears twice";
        }
    }

    private const string AnyExtendedKeyUsage = "2.5.29.37.0";
}
