namespace EContract.Pki.X509.Lint.Rules;

/// <summary>An RSA key has NULL parameters and two positive integers; an EC key is an uncompressed point on a named curve.</summary>
public sealed class KeyIsWellFormed : ICertificateRule
{
    public string Name => "key_is_well_formed";

    public string Clause => "RFC 3279 §2.3.1, RFC 5480 §2.1.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        var key = subject.Tbs.SubjectPublicKeyInfo;
        if (key.Algorithm.Oid == Oids.RsaEncryption)
        {
            if (key.Algorithm.Parameters is not { Length: 2 } || !key.Algorithm.HasAbsentOrNullParameters || !key.TryReadRsa(out _, out _))
            {
                yield return "the RSA key is malformed";
            }
        }
        else if (key.NamedCurve is null || key.PublicKey.Span is not [0x04, ..])
        {
            yield return "the key is neither RSA nor an uncompressed point on a named curve";
        }
    }
}
