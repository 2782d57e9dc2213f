using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>The signed answer, its bytes as received.</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// BasicOCSPResponse ::= SEQUENCE {
///   tbsResponseData     ResponseData,
///   signatureAlgorithm  AlgorithmIdentifier,
///   signature           BIT STRING,
///   certs           [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// </code>
/// </remarks>
public sealed record BasicOcspResponse(SignedObject Signed, ResponseData Data, IReadOnlyList<Certificate> Certs)
{
    private const string Clause = "RFC 6960 §4.2.1";
    private static readonly Asn1Tag CertsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public bool IsSignedBy(SubjectPublicKeyInfo key) => Signed.IsSignedBy(key);

    public static BasicOcspResponse Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var tbs = sequence.ReadEncodedValue();
                var algorithm = AlgorithmIdentifier.Decode(sequence);
                var signature = sequence.ReadBitString(out var unused);
                if (unused != 0)
                {
                    throw new MalformedException(Clause, "the signature has unused bits");
                }

                var certs = new List<Certificate>();
                if (sequence.HasData)
                {
                    var wrapper = sequence.ReadSequence(CertsTag);
                    var list = wrapper.ReadSequence();
                    wrapper.ThrowIfNotEmpty();
                    while (list.HasData)
                    {
                        certs.Add(Certificate.Decode(list.ReadEncodedValue()));
                    }
                }

                sequence.ThrowIfNotEmpty();
                return new BasicOcspResponse(new SignedObject(tbs, algorithm, signature), ResponseData.Decode(tbs), certs);
            }
        );
}
