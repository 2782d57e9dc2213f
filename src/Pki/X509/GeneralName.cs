using System.Formats.Asn1;
using System.Net;

namespace EContract.Pki.X509;

/// <summary>One of the forms of GeneralName. Forms that this system neither issues nor compares keep their encoding.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.6:
/// <code>
/// GeneralName ::= CHOICE {
///   otherName                 [0]  AnotherName,
///   rfc822Name                [1]  IA5String,
///   dNSName                   [2]  IA5String,
///   x400Address               [3]  ORAddress,
///   directoryName             [4]  Name,
///   ediPartyName              [5]  EDIPartyName,
///   uniformResourceIdentifier [6]  IA5String,
///   iPAddress                 [7]  OCTET STRING,
///   registeredID              [8]  OBJECT IDENTIFIER }
/// AnotherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
/// </code>
/// </remarks>
public sealed class GeneralName : IEquatable<GeneralName>
{
    private static readonly Asn1Tag OtherNameTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag OtherNameValueTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag EmailTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag DirectoryTag = new(TagClass.ContextSpecific, 4, isConstructed: true);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag IpTag = new(TagClass.ContextSpecific, 7);

    private GeneralName(GeneralNameForm form, string? text, ReadOnlyMemory<byte> encoded)
    {
        Form = form;
        Text = text;
        Encoded = encoded;
    }

    public GeneralNameForm Form { get; }

    /// <summary>E-mail, DNS name, URI or IP address as text; a directoryName in RFC 4514 form; the string of an otherName; null for the rest.</summary>
    public string? Text { get; }

    /// <summary>The whole GeneralName with its context tag.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>type-id of an otherName, else null.</summary>
    public string? OtherNameType { get; private init; }

    public static GeneralName Email(string address) => Ia5(GeneralNameForm.Rfc822Name, EmailTag, address);

    public static GeneralName Dns(string name) => Ia5(GeneralNameForm.DnsName, DnsTag, name);

    public static GeneralName Uri(string uri) => Ia5(GeneralNameForm.Uri, UriTag, uri);

    public static GeneralName Ip(IPAddress address)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(address.GetAddressBytes(), IpTag);
        return new(GeneralNameForm.IpAddress, address.ToString(), writer.Encode());
    }

    public static GeneralName Directory(DistinguishedName name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        // Name is a CHOICE, so its implicit tag becomes explicit (X.680 §31.2.7).
        using (writer.PushSequence(DirectoryTag))
        {
            name.Encode(writer);
        }

        return new(GeneralNameForm.DirectoryName, name.ToString(), writer.Encode());
    }

    /// <summary>An otherName whose value is a UTF8String.</summary>
    public static GeneralName Other(string typeId, string utf8)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(OtherNameTag))
        {
            writer.WriteObjectIdentifier(typeId);
            using (writer.PushSequence(OtherNameValueTag))
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, utf8);
            }
        }

        return new(GeneralNameForm.OtherName, utf8, writer.Encode()) { OtherNameType = typeId };
    }

    private static GeneralName Ia5(GeneralNameForm form, Asn1Tag tag, string text)
    {
        if (!System.Text.Ascii.IsValid(text) || text.Length == 0)
        {
            throw new MalformedException("RFC 5280 §4.2.1.6", $"{form} must be ASCII and not empty");
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, text, tag);
        return new(form, text, writer.Encode());
    }

    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    public static GeneralName Decode(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        var tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue > (int)GeneralNameForm.RegisteredId)
        {
            throw new MalformedException("RFC 5280 §4.2.1.6", $"{tag} is no form of GeneralName");
        }

        var form = (GeneralNameForm)tag.TagValue;
        string? text = null;
        string? otherType = null;
        switch (form)
        {
            case GeneralNameForm.Rfc822Name or GeneralNameForm.DnsName or GeneralNameForm.Uri:
                text = reader.ReadCharacterString(UniversalTagNumber.IA5String, tag);
                break;
            case GeneralNameForm.IpAddress:
                var octets = reader.ReadOctetString(tag);
                // 8 and 32 octets: address and mask in NameConstraints (RFC 5280 §4.2.1.10).
                text = octets.Length is 4 or 16 ? new IPAddress(octets).ToString() : Convert.ToHexString(octets);
                break;
            case GeneralNameForm.DirectoryName:
                var directory = reader.ReadSequence(tag);
                text = DistinguishedName.Decode(directory).ToString();
                directory.ThrowIfNotEmpty();
                break;
            case GeneralNameForm.OtherName:
                (otherType, text) = ReadOtherName(reader, tag);
                break;
            case GeneralNameForm.RegisteredId:
                text = reader.ReadObjectIdentifier(tag);
                break;
            default:
                reader.ReadEncodedValue();
                break;
        }

        return new(form, text, encoded) { OtherNameType = otherType };
    }

    private static (string Type, string? Text) ReadOtherName(AsnReader reader, Asn1Tag tag)
    {
        var other = reader.ReadSequence(tag);
        var type = other.ReadObjectIdentifier();
        var value = other.ReadSequence(OtherNameValueTag);
        other.ThrowIfNotEmpty();
        string? text = null;
        if (value.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.UTF8String)))
        {
            text = value.ReadCharacterString(UniversalTagNumber.UTF8String);
        }
        else
        {
            value.ReadEncodedValue();
        }

        value.ThrowIfNotEmpty();
        return (type, text);
    }

    /// <summary>The name of a directoryName.</summary>
    public DistinguishedName ToDirectoryName()
    {
        var reader = new AsnReader(Encoded, AsnEncodingRules.DER);
        return Form == GeneralNameForm.DirectoryName
            ? DistinguishedName.Decode(reader.ReadSequence(DirectoryTag))
            : throw new InvalidOperationException($"{Form} is no directoryName.");
    }

    public bool Equals(GeneralName? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override bool Equals(object? obj) => Equals(obj as GeneralName);

    public override int GetHashCode() => HashCode.Combine(Form, Text, Encoded.Length);

    public override string ToString() => $"{Form}:{Text}";
}
