namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Conforming CAs don't issue unique identifiers.</summary>
public sealed class UniqueIdsAreAbsent : ICertificateRule
{
    public string Name => "unique_ids_are_absent";

    public string Clause => "RFC 5280 §4.1.2.8";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.IssuerUniqueId is not null || subject.Tbs.SubjectUniqueId is not null)
        {
            yield return "a unique identifier is present";
        }
    }
}
