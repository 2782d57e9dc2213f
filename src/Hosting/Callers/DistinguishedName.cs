using System.Security.Cryptography.X509Certificates;

namespace EContract.Hosting.Callers;

/// <summary>
/// A name for comparison: its attributes in encoded order, whatever string types they are encoded in. A configured name is written
/// most specific first (RFC 4514) or the other way round; both mean the same caller.
/// </summary>
internal sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private const string CommonNameOid = "2.5.4.3";

    private readonly (string Type, string Value)[] _attributes;

    private DistinguishedName((string, string)[] attributes) => _attributes = attributes;

    public string[] CommonNames =>
        [.. _attributes.Where(attribute => attribute.Type == CommonNameOid).Select(attribute => attribute.Value)];

    /// <exception cref="System.Security.Cryptography.CryptographicException">Not a distinguished name.</exception>
    public static DistinguishedName Parse(string text) => Of(new X500DistinguishedName(text));

    public static DistinguishedName Of(X500DistinguishedName name) =>
        new([.. name.EnumerateRelativeDistinguishedNames(reversed: false).Select(Attribute)]);

    public bool Equals(DistinguishedName? other) =>
        other is not null && (_attributes.SequenceEqual(other._attributes) || _attributes.SequenceEqual(other._attributes.Reverse()));

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => _attributes.Aggregate(0, (hash, attribute) => hash ^ attribute.GetHashCode());

    public static bool operator ==(DistinguishedName? left, DistinguishedName? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(DistinguishedName? left, DistinguishedName? right) => !(left == right);

    // A multi-valued RDN never stands for one of our callers: it compares by its encoding.
    private static (string, string) Attribute(X500RelativeDistinguishedName rdn) =>
        rdn.HasMultipleElements
            ? ("", Convert.ToHexString(rdn.RawData.Span))
            : (rdn.GetSingleElementType().Value ?? "", rdn.GetSingleElementValue() ?? Convert.ToHexString(rdn.RawData.Span));
}
