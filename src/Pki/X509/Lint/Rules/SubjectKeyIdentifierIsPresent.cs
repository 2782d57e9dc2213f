namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Every certificate names its key, so that paths can be built without trying keys.</summary>
public sealed class SubjectKeyIdentifierIsPresent : ICertificateRule
{
    public string Name => "subject_key_identifier_is_present";

    public string Clause => "RFC 5280 §4.2.1.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.SubjectKeyIdentifier is not { KeyIdentifier.Length: > 0 })
        {
            yield return "subjectKeyIdentifier is missing or empty";
        }
    }
}
