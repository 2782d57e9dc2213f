using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>What a time-stamp token says: this digest existed at this time.</summary>
/// <remarks>
/// RFC 3161 §2.4.2
/// <code>
/// TSTInfo ::= SEQUENCE {
///   version         INTEGER { v1(1) },
///   policy          TSAPolicyId,
///   messageImprint  MessageImprint,
///   serialNumber    INTEGER,
///   genTime         GeneralizedTime,
///   accuracy        Accuracy OPTIONAL,
///   ordering        BOOLEAN DEFAULT FALSE,
///   nonce           INTEGER OPTIONAL,
///   tsa             [0] GeneralName OPTIONAL,
///   extensions      [1] IMPLICIT Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record TstInfo
{
    private const string Clause = "RFC 3161 §2.4.2";
    private static readonly Asn1Tag TsaTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public int Version { get; init; } = 1;

    /// <summary>Dotted decimal.</summary>
    public required string Policy { get; init; }

    public required MessageImprint MessageImprint { get; init; }

    public required SerialNumber SerialNumber { get; init; }

    public required DateTimeOffset GenTime { get; init; }

    public Accuracy? Accuracy { get; init; }

    public bool Ordering { get; init; }

    /// <summary>Content octets of the INTEGER; null when absent.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>The whole encoding of the GeneralName inside [0]; null when absent.</summary>
    public ReadOnlyMemory<byte>? Tsa { get; init; }

    /// <summary>The whole encoding with the tag [1]; null when absent.</summary>
    public ReadOnlyMemory<byte>? Extensions { get; init; }

    /// <exception cref="MalformedException">Not a TSTInfo.</exception>
    public static TstInfo Decode(ReadOnlyMemory<byte> encoded) => Der.Decode(encoded, Clause, Read);

    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(Version);
                writer.WriteObjectIdentifier(Policy);
                MessageImprint.Encode(writer);
                SerialNumber.Encode(writer);
                // DER (X.690 §11.7): Z, no trailing zeros in the fraction
                writer.WriteGeneralizedTime(GenTime);
                Accuracy?.Encode(writer);
                if (Ordering)
                {
                    writer.WriteBoolean(true);
                }

                if (Nonce is { } nonce)
                {
                    writer.WriteInteger(nonce.Span);
                }

                if (Tsa is { } tsa)
                {
                    using (writer.PushSequence(TsaTag)) // GeneralName is a CHOICE, so the tag is explicit
                    {
                        writer.WriteEncodedValue(tsa.Span);
                    }
                }

                if (Extensions is { } extensions)
                {
                    writer.WriteEncodedValue(extensions.Span);
                }
            }
        });

    private static TstInfo Read(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out int version) || version != 1)
        {
            throw new MalformedException(Clause, "version is not 1.");
        }

        string policy = sequence.ReadObjectIdentifier();
        var imprint = MessageImprint.Decode(sequence);
        var serial = SerialNumber.Decode(sequence);
        DateTimeOffset genTime = GeneralizedTime.Read(sequence);
        Accuracy? accuracy = Next(sequence, Asn1Tag.Sequence) ? Accuracy.Decode(sequence) : null;
        bool ordering = Next(sequence, Asn1Tag.Boolean) && sequence.ReadBoolean();
        ReadOnlyMemory<byte>? nonce = Next(sequence, Asn1Tag.Integer) ? sequence.ReadIntegerBytes() : default(ReadOnlyMemory<byte>?);
        ReadOnlyMemory<byte>? tsa = null;
        if (Next(sequence, TsaTag))
        {
            AsnReader name = sequence.ReadSequence(TsaTag);
            tsa = name.ReadEncodedValue();
            name.ThrowIfNotEmpty();
        }

        ReadOnlyMemory<byte>? extensions = Next(sequence, ExtensionsTag) ? sequence.ReadEncodedValue() : default(ReadOnlyMemory<byte>?);
        sequence.ThrowIfNotEmpty();
        return new TstInfo
        {
            Version = version,
            Policy = policy,
            MessageImprint = imprint,
            SerialNumber = serial,
            GenTime = genTime,
            Accuracy = accuracy,
            Ordering = ordering,
            Nonce = nonce,
            Tsa = tsa,
            Extensions = extensions,
        };
    }

    private static bool Next(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag() == tag;
}
