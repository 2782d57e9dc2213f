using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>Who signed: by name, or by the SHA-1 of the key (an identifier that the standard fixes, not a protection).</summary>
/// <remarks>
/// RFC 6960 §4.2.1:
/// <code>
/// ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }   -- KeyHash ::= OCTET STRING, SHA-1
/// </code>
/// </remarks>
public sealed record ResponderId(DistinguishedName? Name, ReadOnlyMemory<byte>? KeyHash)
{
    private static readonly Asn1Tag NameTag = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag KeyTag = new(TagClass.ContextSpecific, 2, isConstructed: true);

    public static ResponderId ByKey(SubjectPublicKeyInfo key) => new(null, SHA1.HashData(key.PublicKey.Span));

    public bool Matches(Certificate responder) =>
        Name is { } name
            ? name.Equals(responder.Tbs.Subject)
            : KeyHash is { } hash && hash.Span.SequenceEqual(SHA1.HashData(responder.Tbs.SubjectPublicKeyInfo.PublicKey.Span));

    public void Encode(AsnWriter writer)
    {
        if (Name is { } name)
        {
            using (writer.PushSequence(NameTag))
            {
                name.Encode(writer);
            }
        }
        else
        {
            using (writer.PushSequence(KeyTag))
            {
                writer.WriteOctetString(KeyHash!.Value.Span);
            }
        }
    }

    public static ResponderId Decode(AsnReader reader)
    {
        if (reader.PeekTag().HasSameClassAndValue(NameTag))
        {
            var byName = reader.ReadSequence(NameTag);
            var name = DistinguishedName.Decode(byName);
            byName.ThrowIfNotEmpty();
            return new(name, null);
        }

        var byKey = reader.ReadSequence(KeyTag);
        var hash = byKey.ReadOctetString();
        byKey.ThrowIfNotEmpty();
        return new(null, hash);
    }
}
