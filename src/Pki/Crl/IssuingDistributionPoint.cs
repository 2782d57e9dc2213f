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

    /// <summary>The reasons that the CRL tells of; null: all.</summary>
    public ReasonFlags? OnlySomeReasons { get; init; }

    /// <summary>The name of the distribution point below the CRL issuer's name, where it is not a full name.</summary>
    public IReadOnlyList<AttributeTypeAndValue>? NameRelativeToCrlIssuer { get; init; }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            DistributionPoint.EncodeName(writer, FullName, NameRelativeToCrlIssuer);
            WriteFlag(writer, 1, OnlyContainsUserCerts);
            WriteFlag(writer, 2, OnlyContainsCACerts);
            if (OnlySomeReasons is { } reasons)
            {
                writer.WriteNamedBitList(reasons, DistributionPoint.OnlySomeReasonsTag);
            }

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
                var (name, relative) = DistributionPoint.DecodeName(sequence);
                var users = ReadFlag(sequence, 1);
                var authorities = ReadFlag(sequence, 2);
                var someReasons = DistributionPoint.DecodeReasons(sequence, DistributionPoint.OnlySomeReasonsTag);
                var indirect = ReadFlag(sequence, 4);
                var attributes = ReadFlag(sequence, 5);
                sequence.ThrowIfNotEmpty();
                return new IssuingDistributionPoint(name, users, authorities, indirect, attributes)
                {
                    OnlySomeReasons = someReasons,
                    NameRelativeToCrlIssuer = relative,
                };
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
