using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>The exact to-be-signed bytes of one OCSP response.</summary>
public sealed class PreparedOcspResponse
{
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private readonly AlgorithmIdentifier _algorithm;
    private readonly Certificate _responder;
    private int _completed;

    internal PreparedOcspResponse(AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> toBeSigned, Certificate responder)
    {
        _algorithm = algorithm;
        _responder = responder;
        ToBeSigned = toBeSigned;
    }

    public ReadOnlyMemory<byte> ToBeSigned { get; }

    /// <summary>The bytes of the OCSPResponse with the responder's certificate in it.</summary>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public byte[] Complete(ReadOnlySpan<byte> signature)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            throw new InvalidOperationException("This response has been completed already.");
        }

        var writer = new AsnWriter(AsnEncodingRules.DER, ToBeSigned.Length + _responder.Encoded.Length + signature.Length + 128);
        using (writer.PushSequence()) // OCSPResponse
        {
            writer.WriteEnumeratedValue(OcspResponseStatus.Successful);
            using (writer.PushSequence(Tag0))
            using (writer.PushSequence()) // ResponseBytes
            {
                writer.WriteObjectIdentifier(Oids.OcspBasic);
                using (writer.PushOctetString())
                {
                    WriteBasicResponse(writer, signature);
                }
            }
        }

        return writer.Encode();
    }

    private void WriteBasicResponse(AsnWriter writer, ReadOnlySpan<byte> signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(ToBeSigned.Span);
            _algorithm.Encode(writer);
            writer.WriteBitString(signature);
            using (writer.PushSequence(Tag0)) // certs
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(_responder.Encoded.Span);
            }
        }
    }
}
