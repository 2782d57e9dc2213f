using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Where a CRL is.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.13:
/// <code>
/// DistributionPoint ::= SEQUENCE {
///   distributionPoint [0] DistributionPointName OPTIONAL,
///   reasons           [1] ReasonFlags           OPTIONAL,
///   cRLIssuer         [2] GeneralNames          OPTIONAL }
/// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// </code>
/// </remarks>
public sealed record DistributionPoint(IReadOnlyList<GeneralName>? FullName, IReadOnlyList<GeneralName>? CrlIssuer = null)
{
    private const string Clause = "RFC 5280 §4.2.1.13";
    private static readonly Asn1Tag NameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag FullNameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag RelativeNameTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag ReasonsTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag IssuerTag = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>RFC 5280 §5.2.5 tags the same type otherwise.</summary>
    internal static readonly Asn1Tag OnlySomeReasonsTag = new(TagClass.ContextSpecific, 3);

    /// <summary>The name below the CRL issuer's name, where it is not a full name.</summary>
    public IReadOnlyList<AttributeTypeAndValue>? NameRelativeToCrlIssuer { get; init; }

    /// <summary>The reasons that CRLs at this point tell of; null: all.</summary>
    public ReasonFlags? Reasons { get; init; }

    public static DistributionPoint At(string uri) => new([GeneralName.Uri(uri)]);

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            EncodeName(writer, FullName, NameRelativeToCrlIssuer);
            if (Reasons is { } reasons)
            {
                writer.WriteNamedBitList(reasons, ReasonsTag);
            }

            if (CrlIssuer is { } issuer)
            {
                GeneralNames.Encode(writer, issuer, IssuerTag);
            }
        }
    }

    internal static void EncodeName(
        AsnWriter writer,
        IReadOnlyList<GeneralName>? fullName,
        IReadOnlyList<AttributeTypeAndValue>? relativeName
    )
    {
        if (fullName is null && relativeName is null)
        {
            return;
        }

        // DistributionPointName is a CHOICE, so [0] is explicit.
        using (writer.PushSequence(NameTag))
        {
            if (fullName is not null)
            {
                GeneralNames.Encode(writer, fullName, FullNameTag);
                return;
            }

            using (writer.PushSetOf(RelativeNameTag))
            {
                foreach (var attribute in relativeName!)
                {
                    attribute.Encode(writer);
                }
            }
        }
    }

    public static DistributionPoint Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var (fullName, relativeName) = DecodeName(sequence);
        var reasons = DecodeReasons(sequence, ReasonsTag);
        var issuer = sequence.HasData ? GeneralNames.Decode(sequence, Clause, IssuerTag) : null;
        sequence.ThrowIfNotEmpty();
        return new(fullName, issuer) { NameRelativeToCrlIssuer = relativeName, Reasons = reasons };
    }

    internal static (IReadOnlyList<GeneralName>? FullName, IReadOnlyList<AttributeTypeAndValue>? RelativeName) DecodeName(AsnReader reader)
    {
        if (!reader.HasData || !reader.PeekTag().HasSameClassAndValue(NameTag))
        {
            return (null, null);
        }

        var name = reader.ReadSequence(NameTag);
        IReadOnlyList<GeneralName>? fullName = null;
        List<AttributeTypeAndValue>? relativeName = null;
        if (name.PeekTag().HasSameClassAndValue(FullNameTag))
        {
            fullName = GeneralNames.Decode(name, Clause, FullNameTag);
        }
        else
        {
            relativeName = [];
            var set = name.ReadSetOf(RelativeNameTag);
            do
            {
                relativeName.Add(AttributeTypeAndValue.Decode(set));
            } while (set.HasData);
        }

        name.ThrowIfNotEmpty();
        return (fullName, relativeName);
    }

    internal static ReasonFlags? DecodeReasons(AsnReader reader, Asn1Tag tag) =>
        reader.HasData && reader.PeekTag().HasSameClassAndValue(tag) ? reader.ReadNamedBitListValue<ReasonFlags>(tag) : null;
}
