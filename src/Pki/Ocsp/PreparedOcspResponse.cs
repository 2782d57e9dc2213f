using System.Diagnostics;
using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>The exact to-be-signed bytes of one OCSP response.</summary>
public sealed class PreparedOcspResponse
{
    private const byte Sequence = 0x30;
    private const byte OctetString = 0x04;
    private const byte BitString = 0x03;
    private const byte Context0 = 0xA0;

    private static readonly byte[] Successful = [0x0A, 0x01, (byte)OcspResponseStatus.Successful];
    private static readonly byte[] ResponseType = Der.Encode(writer => writer.WriteObjectIdentifier(Oids.OcspBasic));

    private readonly ReadOnlyMemory<byte> _algorithm;
    private readonly ReadOnlyMemory<byte> _certs;
    private int _completed;

    /// <param name="algorithm">The signatureAlgorithm, encoded.</param>
    /// <param name="certs">As <see cref="EncodeCerts"/> gives them.</param>
    internal PreparedOcspResponse(ReadOnlyMemory<byte> toBeSigned, ReadOnlyMemory<byte> algorithm, ReadOnlyMemory<byte> certs)
    {
        ToBeSigned = toBeSigned;
        _algorithm = algorithm;
        _certs = certs;
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

        var basic = Der.TotalLength(ToBeSigned.Length + _algorithm.Length + Der.TotalLength(signature.Length + 1) + _certs.Length);
        var bytes = Der.TotalLength(ResponseType.Length + Der.TotalLength(basic));
        var response = new byte[Der.TotalLength(Successful.Length + Der.TotalLength(bytes))];
        var end = response.Length;
        var writer = new DerBackwards(response);
        writer.Put(_certs.Span);
        var bits = writer.Start;
        writer.Put(signature);
        writer.Put(0); // no unused bits
        writer.Wrap(BitString, bits);
        writer.Put(_algorithm.Span);
        writer.Put(ToBeSigned.Span);
        writer.Wrap(Sequence, end); // BasicOCSPResponse
        writer.Wrap(OctetString, end);
        writer.Put(ResponseType);
        writer.Wrap(Sequence, end); // ResponseBytes
        writer.Wrap(Context0, end);
        writer.Put(Successful);
        writer.Wrap(Sequence, end); // OCSPResponse
        Debug.Assert(writer.Start == 0, "the lengths above are those of what is written");
        return response;
    }

    /// <summary>The field certs of a BasicOCSPResponse.</summary>
    internal static byte[] EncodeCerts(Certificate responder) =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(responder.Encoded.Span);
            }
        });
}
