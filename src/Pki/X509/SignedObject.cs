using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509;

/// <summary>The shape that certificates, CRLs and certification requests share; the signed bytes are kept as they came.</summary>
/// <remarks>
/// X.509 §6.2 (SIGNED):
/// <code>
/// SIGNED ::= SEQUENCE {
///   toBeSigned           ANY,
///   algorithmIdentifier  AlgorithmIdentifier,
///   signature            BIT STRING }
/// </code>
/// </remarks>
public sealed record SignedObject(ReadOnlyMemory<byte> ToBeSigned, AlgorithmIdentifier SignatureAlgorithm, ReadOnlyMemory<byte> Signature)
{
    public static byte[] Encode(ReadOnlyMemory<byte> toBeSigned, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, toBeSigned.Length + signature.Length + 128);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(toBeSigned.Span);
            algorithm.Encode(writer);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }

    public static SignedObject Decode(ReadOnlyMemory<byte> encoded, string clause) =>
        Der.Decode(
            encoded,
            clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var toBeSigned = sequence.ReadEncodedValue();
                var algorithm = AlgorithmIdentifier.Decode(sequence);
                var signature = sequence.ReadBitString(out var unused);
                sequence.ThrowIfNotEmpty();
                // No algorithm here makes a signature with unused bits: readable, but it verifies nothing.
                return new SignedObject(toBeSigned, algorithm, unused == 0 ? signature : default);
            }
        );

    public bool IsSignedBy(SubjectPublicKeyInfo key) => key.Verify(SignatureAlgorithm, ToBeSigned.Span, Signature.Span);
}
