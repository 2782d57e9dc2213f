using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EContract.Ca.Registration;

/// <summary>26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random bits. Sorts by time, can't be guessed.</summary>
internal static class TimedIdentity
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    public static string Create(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        Span<byte> milliseconds = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(milliseconds, now.ToUnixTimeMilliseconds());
        milliseconds[2..].CopyTo(bytes);
        var number = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(
            Length,
            number,
            static (text, value) =>
            {
                for (var i = Length - 1; i >= 0; i--)
                {
                    text[i] = Alphabet[(int)(value & 31)];
                    value >>= 5;
                }
            }
        );
    }

    public static bool IsWellFormed(string? text, string prefix) =>
        text is not null
        && text.Length == prefix.Length + Length
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.AsSpan(prefix.Length).IndexOfAnyExcept(Allowed) < 0;
}
