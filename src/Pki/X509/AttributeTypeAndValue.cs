using System.Formats.Asn1;

namespace EContract.Pki.X509;

/// <summary>One attribute of a distinguished name. <paramref name="Value"/> is the text; values that are no string are kept as "#" and hex (RFC 4514 §2.4).</summary>
/// <remarks>
/// RFC 5280 §4.1.2.4:
/// <code>
/// AttributeTypeAndValue ::= SEQUENCE {
///   type     AttributeType,      -- OBJECT IDENTIFIER
///   value    AttributeValue }    -- ANY DEFINED BY type
/// </code>
/// </remarks>
public sealed record AttributeTypeAndValue(string Type, string Value, UniversalTagNumber StringType)
{
    /// <summary>The string type that RFC 5280 §4.1.2.4 and Appendix A want for this attribute: UTF8String but for the few that are fixed.</summary>
    public static AttributeTypeAndValue Create(string type, string value) =>
        new(
            type,
            value,
            type switch
            {
                Oids.CountryName or Oids.SerialNumberAttribute or Oids.DnQualifier => UniversalTagNumber.PrintableString,
                Oids.EmailAddress or Oids.DomainComponent => UniversalTagNumber.IA5String,
                _ => UniversalTagNumber.UTF8String,
            }
        );

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Type);
            if (StringType == UniversalTagNumber.Sequence)
            {
                writer.WriteEncodedValue(Convert.FromHexString(Value.AsSpan(1)));
            }
            else
            {
                writer.WriteCharacterString(StringType, Value);
            }
        }
    }

    public static AttributeTypeAndValue Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var type = sequence.ReadObjectIdentifier();
        var tag = sequence.PeekTag();
        AttributeTypeAndValue attribute;
        if (tag.TagClass == TagClass.Universal && IsReadableString((UniversalTagNumber)tag.TagValue))
        {
            var stringType = (UniversalTagNumber)tag.TagValue;
            attribute = new(type, sequence.ReadCharacterString(stringType), stringType);
        }
        else
        {
            attribute = new(type, "#" + Convert.ToHexString(sequence.ReadEncodedValue().Span), UniversalTagNumber.Sequence);
        }

        sequence.ThrowIfNotEmpty();
        return attribute;
    }

    private static bool IsReadableString(UniversalTagNumber tag) =>
        tag
            is UniversalTagNumber.UTF8String
                or UniversalTagNumber.PrintableString
                or UniversalTagNumber.IA5String
                or UniversalTagNumber.BMPString
                or UniversalTagNumber.T61String
                or UniversalTagNumber.NumericString
                or UniversalTagNumber.VisibleString;

    /// <summary>"CN=…" with the specials of RFC 4514 §2.4 escaped.</summary>
    public override string ToString() =>
        $"{AttributeNames.ShortName(Type)}={(StringType == UniversalTagNumber.Sequence ? Value : Escape(Value))}";

    private static string Escape(string value)
    {
        var text = new System.Text.StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var atEdge = (i == 0 && c is ' ' or '#') || (i == value.Length - 1 && c == ' ');
            if (atEdge || c is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }
}
