namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Signed with RSA PKCS#1 v1.5, RSA-PSS or ECDSA and SHA-2, with exactly the parameters that RFC 4055 and RFC 5758 want.</summary>
public sealed class SignatureAlgorithmIsStrong : ICertificateRule
{
    public string Name => "signature_algorithm_is_strong";

    public string Clause => "RFC 5280 §4.1.1.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (SignatureAlgorithm.Find(subject.Tbs.Signature) is null)
        {
            yield return $"signature algorithm {subject.Tbs.Signature.Oid} is unknown, weak, or has wrong parameters";
        }
    }
}
