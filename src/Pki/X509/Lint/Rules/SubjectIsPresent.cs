namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A CA has a subject; others may have an empty one only with a subjectAltName.</summary>
public sealed class SubjectIsPresent : ICertificateRule
{
    public string Name => "subject_is_present";

    public string Clause => "RFC 5280 §4.1.2.6";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.Subject.IsEmpty && (subject.IsCertificateAuthority || subject.SubjectAltName is null))
        {
            yield return "the subject is empty";
        }
    }
}
