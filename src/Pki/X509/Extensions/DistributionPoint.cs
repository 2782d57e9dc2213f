using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Where a CRL is. Of distributionPoint only the fullName form is read; nameRelativeToCRLIssuer is kept as unknown (null).</summary>
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
    internal static readonly Asn1Tag NameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    internal static readonly Asn1Tag FullNameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ReasonsTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag IssuerTag = new(TagClass.ContextSpecific, 2, isConstructed: true);

    public static DistributionPoint At(string uri) => new([GeneralName.Uri(uri)]);

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (FullName is { } names)
            {
                EncodeName(writer, names);
            }

            if (CrlIssuer is { } issuer)
            {
                GeneralNames.Encode(writer, issuer, IssuerTag);
            }
        }
    }

    internal static void EncodeName(AsnWriter writer, IReadOnlyList<GeneralName> fullName)
    {
        // DistributionPointName is a CHOICE, so [0] is explicit.
        using (writer.PushSequence(NameTag))
        {
            GeneralNames.Encode(writer, fullName, FullNameTag);
        }
    }

    public static DistributionPoint Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        IReadOnlyList<GeneralName>? fullName = null;
        IReadOnlyList<GeneralName>? issuer = null;
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(NameTag))
        {
            fullName = DecodeName(sequence);
        }

        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(ReasonsTag))
        {
            sequence.ReadBitString(out _, ReasonsTag);
        }

        if (sequence.HasData)
        {
            issuer = GeneralNames.Decode(sequence, Clause, IssuerTag);
        }

        sequence.ThrowIfNotEmpty();
        return new(fullName, issuer);
    }

    internal static IReadOnlyList<GeneralName>? DecodeName(AsnReader reader)
    {
        var name = reader.ReadSequence(NameTag);
        IReadOnlyList<GeneralName>? fullName = null;
        if (name.PeekTag().HasSameClassAndValue(FullNameTag))
        {
            fullName = GeneralNames.Decode(name, Clause, FullNameTag);
        }
        else
        {
            name.ReadEncodedValue();
        }

        name.ThrowIfNotEmpty();
        return fullName;
    }
}
