namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Every distribution point has an http URI: reasons or cRLIssuer alone lead nowhere.</summary>
public sealed class CrlDistributionPointsAreFetchable : ICertificateRule
{
    public string Name => "crl_distribution_points_are_fetchable";

    public string Clause => "RFC 5280 §4.2.1.13";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var point in (subject.CrlDistributionPoints?.Points ?? []).Concat(subject.FreshestCrl?.Points ?? []))
        {
            if (point.FullName?.Any(n => n.Form == GeneralNameForm.Uri && n.Text!.StartsWith("http://", StringComparison.Ordinal)) != true)
            {
                yield return "a distribution point has no http URI";
            }
        }
    }
}
