using System.Security.Cryptography;
using System.Text;

namespace EContract.Hsm.Vault;

/// <summary>
/// The 32 bytes a PIN becomes before it meets the master key: PBKDF2-HMAC-SHA-512(PIN, salt ‖ credential id, rounds).
/// Pinned, and zeroed when disposed.
/// </summary>
internal sealed class PinStretch : IDisposable
{
    public const int Size = 32;
    public const int LongestPin = 256;
    private const int RoundsWorthAThread = 1000; // half a millisecond
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    private PinStretch() { }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>On the thread pool: it takes its time by design.</summary>
    public static Task<PinStretch> ComputeAsync(
        ReadOnlyMemory<byte> pin,
        ReadOnlyMemory<byte> salt,
        string credentialId,
        int rounds,
        CancellationToken cancellationToken
    )
    {
        if (rounds <= RoundsWorthAThread)
        {
            return Task.FromResult(Compute(pin.Span, salt.Span, credentialId, rounds));
        }

        return Task.Run(() => Compute(pin.Span, salt.Span, credentialId, rounds), cancellationToken);
    }

    public static PinStretch Compute(ReadOnlySpan<byte> pin, ReadOnlySpan<byte> salt, string credentialId, int rounds)
    {
        if (pin.Length is 0 or > LongestPin)
        {
            throw new ArgumentException($"a PIN has 1 to {LongestPin} bytes", nameof(pin));
        }

        byte[] binding = [.. salt, .. Encoding.UTF8.GetBytes(credentialId)];
        var stretch = new PinStretch();
        Rfc2898DeriveBytes.Pbkdf2(pin, binding, stretch._bytes, rounds, HashAlgorithmName.SHA512);
        return stretch;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
