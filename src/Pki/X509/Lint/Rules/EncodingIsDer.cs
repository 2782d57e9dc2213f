using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Decoding and encoding again gives the same octets.</summary>
public sealed class EncodingIsDer : ICertificateRule
{
    public string Name => "encoding_is_der";

    public string Clause => "X.690 §10";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (!Der.Encode(subject.Tbs.Encode).AsSpan().SequenceEqual(subject.Certificate.Signed.ToBeSigned.Span))
        {
            yield return "the encoding is not the one DER form";
        }
    }
}
