namespace EContract.Pki.X509.Lint.Rules;

/// <summary>The address of the practice statement can be opened.</summary>
public sealed class CpsUriIsAbsolute : ICertificateRule
{
    public string Name => "cps_uri_is_absolute";

    public string Clause => "RFC 5280 §4.2.1.4";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var policy in subject.CertificatePolicies?.Policies ?? [])
        {
            if (policy.CpsUri is { } uri && !(Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
            {
                yield return "a CPSuri is not an absolute http address";
            }
        }
    }
}
