namespace EContract.Pki.X509.Lint.Rules;

/// <summary>RSA of at least 2048 bits, P-256 or P-384.</summary>
public sealed class KeyIsStrong : ICertificateRule
{
    public string Name => "key_is_strong";

    public string Clause => "CRYPTREC LS-0003";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        var key = subject.Tbs.SubjectPublicKeyInfo;
        var strong = key.TryReadRsa(out var bits, out _) ? bits >= 2048 : key.NamedCurve is Oids.Secp256r1 or Oids.Secp384r1;
        if (!strong)
        {
            yield return $"{key.Describe()} is weaker than RSA-2048 or on an unknown curve";
        }
    }
}
