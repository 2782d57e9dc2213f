using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace EContract.Signer.Activation;

/// <summary>Time-based one-time passwords as authenticator apps make them: HMAC-SHA-1, 30 seconds, 6 digits (RFC 6238, RFC 4226 §5.3).</summary>
public static class Totp
{
    public const int Digits = 6;

    /// <summary>RFC 4226 §4 R6: the seed should be 160 bits.</summary>
    public const int SeedLength = 20;

    private const int Modulus = 1_000_000;

    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>The number of the time step (RFC 6238 §4.2).</summary>
    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    /// <summary>The code of a time step.</summary>
    public static string Code(ReadOnlySpan<byte> seed, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(seed, counter, mac);
        // RFC 4226 §5.3: dynamic truncation
        var offset = mac[^1] & 0xF;
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7FFF_FFFF;
        return (number % Modulus).ToString($"D{Digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The step whose code this is, of those around <paramref name="now"/> that are newer than <paramref name="lastStep"/>; null when
    /// there is none. Every candidate is compared, so that the time taken tells nothing.
    /// </summary>
    public static long? Match(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> code, DateTimeOffset now, int window, long lastStep)
    {
        long? match = null;
        var present = StepAt(now);
        for (var step = present - window; step <= present + window; step++)
        {
            var same = CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(seed, step)), code);
            if (same && step > lastStep)
            {
                match ??= step;
            }
        }

        return match;
    }

    /// <summary>The URI that authenticator apps read from a QR code.</summary>
    public static string Uri(ReadOnlySpan<byte> seed, string issuer, string account)
    {
        var label = System.Uri.EscapeDataString($"{issuer}:{account}");
        var query = $"secret={Base32(seed)}&issuer={System.Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits={Digits}&period=30";
        return $"otpauth://totp/{label}?{query}";
    }

    /// <summary>RFC 4648 §6, without padding, as the apps expect it.</summary>
    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new System.Text.StringBuilder((bytes.Length * 8 + 4) / 5);
        var buffer = 0;
        var bits = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(alphabet[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits > 0 ? text.Append(alphabet[(buffer << (5 - bits)) & 31]).ToString() : text.ToString();
    }
}
