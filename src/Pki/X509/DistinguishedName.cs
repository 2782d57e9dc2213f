using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509;

/// <summary>An X.501 name. Immutable; equality is that of the encoded bytes, as a CA must compare what it issued itself.</summary>
/// <remarks>
/// RFC 5280 §4.1.2.4:
/// <code>
/// Name ::= CHOICE { rdnSequence  RDNSequence }
/// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// </code>
/// </remarks>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private const string Clause = "RFC 5280 §4.1.2.4";

    private DistinguishedName(ReadOnlyMemory<byte> encoded, IReadOnlyList<IReadOnlyList<AttributeTypeAndValue>> rdns)
    {
        Encoded = encoded;
        Rdns = rdns;
    }

    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>In encoded order: country first, common name last, by custom.</summary>
    public IReadOnlyList<IReadOnlyList<AttributeTypeAndValue>> Rdns { get; }

    public IEnumerable<AttributeTypeAndValue> Attributes => Rdns.SelectMany(rdn => rdn);

    public bool IsEmpty => Rdns.Count == 0;

    /// <summary>The last value of an attribute type: the most specific one; null if absent.</summary>
    public string? Find(string type) => Attributes.LastOrDefault(a => a.Type == type)?.Value;

    /// <summary>A name of single-valued RDNs in the order given.</summary>
    /// <exception cref="MalformedException">A value doesn't fit its string type.</exception>
    public static DistinguishedName Of(IEnumerable<AttributeTypeAndValue> attributes) =>
        Of(attributes.Select(a => (IReadOnlyList<AttributeTypeAndValue>)[a]).ToList());

    public static DistinguishedName Of(IReadOnlyList<IReadOnlyList<AttributeTypeAndValue>> rdns)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        try
        {
            using (writer.PushSequence())
            {
                foreach (var rdn in rdns)
                {
                    using (writer.PushSetOf())
                    {
                        foreach (var attribute in rdn)
                        {
                            attribute.Encode(writer);
                        }
                    }
                }
            }
        }
        catch (Exception e) when (e is System.Text.EncoderFallbackException or ArgumentException)
        {
            throw new MalformedException(Clause, "a value of the name does not fit its string type");
        }

        return new(writer.Encode(), rdns);
    }

    /// <summary>Short names and values in order: <c>Parse(("C", "JP"), ("CN", "山田 太郎"))</c>.</summary>
    public static DistinguishedName Of(params (string Name, string Value)[] attributes) =>
        Of(
            attributes.Select(a =>
                AttributeNames.TryGetOid(a.Name, out var oid)
                    ? AttributeTypeAndValue.Create(oid, a.Value)
                    : throw new MalformedException(Clause, $"unknown attribute {a.Name}")
            )
        );

    public static DistinguishedName Decode(ReadOnlyMemory<byte> encoded) => Der.Decode(encoded, Clause, Decode);

    public static DistinguishedName Decode(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        var sequence = reader.ReadSequence();
        var rdns = new List<IReadOnlyList<AttributeTypeAndValue>>();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            var rdn = new List<AttributeTypeAndValue>();
            while (set.HasData)
            {
                rdn.Add(AttributeTypeAndValue.Decode(set));
            }

            if (rdn.Count == 0)
            {
                throw new MalformedException(Clause, "empty RelativeDistinguishedName");
            }

            rdns.Add(rdn);
        }

        return new(encoded, rdns);
    }

    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    public bool Equals(DistinguishedName? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Encoded.Span);
        return hash.ToHashCode();
    }

    /// <summary>RFC 4514: the most specific RDN first.</summary>
    public override string ToString() => string.Join(',', Rdns.Reverse().Select(rdn => string.Join('+', rdn)));
}
