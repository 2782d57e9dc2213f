using System.Formats.Asn1;
using EContract.Pki.Asn1;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;

namespace EContract.Pki.Crl;

/// <summary>What a partitioned CRL covers. Ties a shard to the distribution point in the certificates, so that one shard can't stand in for another.</summary>
/// <remarks>
/// RFC 5280 §5.2.5:
/// <code>
/// IssuingDistributionPoint ::= SEQUENCE {
///   distributionPoint          [0] DistributionPointName OPTIONAL,
///   onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///   onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///   onlySomeReasons            [3] ReasonFlags OPTIONAL,
///   indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// </code>
/// </remarks>
public sealed record IssuingDistributionPoint(
    IReadOnlyList<GeneralName>? FullName,
    bool OnlyContainsUserCerts = false,
    bool OnlyContainsCACerts = false,
    bool IndirectCrl = false,
    bool OnlyContainsAttributeCerts = false
)
{
    private const string Clause = "RFC 5280 §5.2.5";

    /// <summary>Always critical.</summary>
    public Extension ToExtension() => new(Oids.IssuingDistributionPoint, true, Der.Encode(Encode));

    /// <summary>True if onlySomeReasons was present: such a CRL says nothing about the other reasons.</summary>
    public bool OnlySomeReasons { get; init; }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (FullName is { } names)
            {
                DistributionPoint.EncodeName(writer, names);
            }

            WriteFlag(writer, 1, OnlyContainsUserCerts);
            WriteFlag(writer, 2, OnlyContainsCACerts);
            WriteFlag(writer, 4, IndirectCrl);
            WriteFlag(writer, 5, OnlyContainsAttributeCerts);
        }
    }

    private static void WriteFlag(AsnWriter writer, int tag, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, tag));
        }
    }

    public static IssuingDistributionPoint Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var name =
                    sequence.HasData && sequence.PeekTag().HasSameClassAndValue(DistributionPoint.NameTag)
                        ? DistributionPoint.DecodeName(sequence)
                        : null;
                var users = ReadFlag(sequence, 1);
                var authorities = ReadFlag(sequence, 2);
                var reasonsTag = new Asn1Tag(TagClass.ContextSpecific, 3);
                var someReasons = sequence.HasData && sequence.PeekTag().HasSameClassAndValue(reasonsTag);
                if (someReasons)
                {
                    sequence.ReadBitString(out _, reasonsTag);
                }

                var indirect = ReadFlag(sequence, 4);
                var attributes = ReadFlag(sequence, 5);
                sequence.ThrowIfNotEmpty();
                return new IssuingDistributionPoint(name, users, authorities, indirect, attributes) { OnlySomeReasons = someReasons };
            }
        );

    private static bool ReadFlag(AsnReader reader, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number);
        return reader.HasData
            && reader.PeekTag().HasSameClassAndValue(tag)
            && (reader.ReadBoolean(tag) ? true : throw new MalformedException(Clause, "FALSE is encoded though it is the default"));
    }
}
