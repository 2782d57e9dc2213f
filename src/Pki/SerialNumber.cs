using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EContract.Pki;

/// <summary>
/// A serial number of a certificate or a time-stamp token: the content octets of its DER INTEGER, kept as they came, so that a
/// non-conforming foreign serial still compares and re-encodes identically.
/// </summary>
public sealed class SerialNumber : IEquatable<SerialNumber>
{
    /// <summary>RFC 5280 §4.1.2.2: conforming CAs use at most 20 octets.</summary>
    public const int MaxOctets = 20;

    private readonly byte[] _content;

    private SerialNumber(byte[] content) => _content = content;

    /// <summary>Big-endian two's complement content octets, in the shortest form.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    /// <summary>Positive and at most 20 octets (RFC 5280 §4.1.2.2).</summary>
    public bool IsConforming => _content.Length <= MaxOctets && _content[0] < 0x80 && _content is not [0];

    /// <summary>128 random bits, never zero: at most 17 octets.</summary>
    public static SerialNumber CreateRandom()
    {
        Span<byte> bits = stackalloc byte[16];
        do
        {
            RandomNumberGenerator.Fill(bits);
        } while (!bits.ContainsAnyExcept((byte)0));
        return FromUnsigned(bits);
    }

    /// <summary>From an unsigned big-endian number; leading zeros are dropped, a sign octet is added where needed.</summary>
    public static SerialNumber FromUnsigned(ReadOnlySpan<byte> bigEndian)
    {
        ReadOnlySpan<byte> digits = bigEndian.TrimStart((byte)0);
        if (digits.IsEmpty)
        {
            return new SerialNumber([0]);
        }

        return new SerialNumber(digits[0] >= 0x80 ? [0, .. digits] : digits.ToArray());
    }

    public static SerialNumber FromUnsigned(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return FromUnsigned(bytes);
    }

    /// <summary>From the content octets of a DER INTEGER, as <see cref="AsnReader.ReadIntegerBytes"/> gives them.</summary>
    public static SerialNumber FromContent(ReadOnlySpan<byte> content) =>
        content.IsEmpty
            ? throw new ArgumentException("An INTEGER has at least one content octet.", nameof(content))
            : new SerialNumber(content.ToArray());

    public static SerialNumber Decode(AsnReader reader) => FromContent(reader.ReadIntegerBytes().Span);

    /// <summary>Hexadecimal digits of the unsigned number, any case, as <see cref="ToString"/> and OpenSSL print it.</summary>
    public static bool TryParse(string? hex, [NotNullWhen(true)] out SerialNumber? serial)
    {
        serial = null;
        if (string.IsNullOrEmpty(hex) || hex.Length > 2 * 64 || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        serial = FromUnsigned(Convert.FromHexString(hex.Length % 2 == 0 ? hex : "0" + hex));
        return true;
    }

    public void Encode(AsnWriter writer) => writer.WriteInteger(_content);

    public bool Equals(SerialNumber? other) => other is not null && _content.AsSpan().SequenceEqual(other._content);

    public override bool Equals(object? obj) => Equals(obj as SerialNumber);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_content);
        return hash.ToHashCode();
    }

    /// <summary>Upper-case hexadecimal without the sign octet: 0x00FF prints FF.</summary>
    public override string ToString() => Convert.ToHexString(_content is [0, >= 0x80, ..] ? _content.AsSpan(1) : _content);
}
