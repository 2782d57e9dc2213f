using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>One policy with, optionally, where its practice statement is. Other qualifiers keep their encoding.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.4:
/// <code>
/// PolicyInformation ::= SEQUENCE {
///   policyIdentifier   CertPolicyId,
///   policyQualifiers   SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY DEFINED BY policyQualifierId }
/// CPSuri ::= IA5String
/// UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }
/// </code>
/// </remarks>
public sealed record PolicyInformation(string PolicyIdentifier, string? CpsUri = null)
{
    /// <summary>The policyQualifiers as received; null in a value made here.</summary>
    public ReadOnlyMemory<byte>? EncodedQualifiers { get; init; }

    /// <summary>The explicitText of each userNotice as received.</summary>
    public IReadOnlyList<string> UserNotices { get; init; } = [];

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(PolicyIdentifier);
            if (EncodedQualifiers is { } qualifiers)
            {
                writer.WriteEncodedValue(qualifiers.Span);
            }
            else if (CpsUri is { } uri)
            {
                using (writer.PushSequence()) // policyQualifiers
                using (writer.PushSequence()) // PolicyQualifierInfo
                {
                    writer.WriteObjectIdentifier(Oids.QualifierCps);
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, uri);
                }
            }
        }
    }

    public static PolicyInformation Decode(AsnReader reader)
    {
        const string clause = "RFC 5280 §4.2.1.4";
        var sequence = reader.ReadSequence();
        var policy = sequence.ReadObjectIdentifier();
        if (!sequence.HasData)
        {
            return new(policy);
        }

        string? cps = null;
        var notices = new List<string>();
        var encoded = sequence.PeekEncodedValue();
        var qualifiers = sequence.ReadSequence();
        sequence.ThrowIfNotEmpty();
        if (!qualifiers.HasData)
        {
            throw new MalformedException(clause, "policyQualifiers is empty");
        }

        while (qualifiers.HasData)
        {
            var qualifier = qualifiers.ReadSequence();
            switch (qualifier.ReadObjectIdentifier())
            {
                case Oids.QualifierCps:
                    cps = qualifier.ReadCharacterString(UniversalTagNumber.IA5String);
                    break;
                case Oids.QualifierUserNotice:
                    notices.AddRange(ReadExplicitText(qualifier.ReadSequence()));
                    break;
                default:
                    if (qualifier.HasData)
                    {
                        qualifier.ReadEncodedValue();
                    }

                    break;
            }

            qualifier.ThrowIfNotEmpty();
        }

        return new(policy, cps) { EncodedQualifiers = encoded, UserNotices = notices };
    }

    private static IEnumerable<string> ReadExplicitText(AsnReader notice)
    {
        if (notice.HasData && notice.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            notice.ReadEncodedValue();
        }

        if (notice.HasData)
        {
            // DisplayText: IA5String, VisibleString, BMPString or UTF8String.
            yield return notice.ReadCharacterString((UniversalTagNumber)notice.PeekTag().TagValue);
        }

        notice.ThrowIfNotEmpty();
    }
}
