using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>A private key that signs digests. Thread-safe; calls may run side by side.</summary>
public interface ISigningKey
{
    /// <summary>The key's name on its token; for a wrapped key the credential it belongs to.</summary>
    string Label { get; }

    KeyAlgorithm Algorithm { get; }

    /// <summary>DER <c>SubjectPublicKeyInfo</c> (RFC 5280 §4.1.2.7).</summary>
    ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>The longest signature in bytes, ECDSA in its DER form.</summary>
    int MaxSignatureSize { get; }

    /// <summary>
    /// Signs on the caller's thread and allocates nothing. A token that hangs hangs the caller: where a deadline
    /// matters, use <see cref="SignDigestAsync"/>. Returns the number of bytes written to <paramref name="destination"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Scheme and key don't fit, the digest isn't as long as the hash, or the destination is shorter than <see cref="MaxSignatureSize"/>.</exception>
    /// <exception cref="HsmException">The token said no; <see cref="HsmException.Fault"/> tells what to do about it.</exception>
    int SignDigest(
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// As <see cref="SignDigest"/>, but answers at the deadline even if the token hangs. The destination is written only
    /// before the task completes, never after it was cancelled. What awaits it may go on on a thread of the token.
    /// </summary>
    ValueTask<int> SignDigestAsync(
        ReadOnlyMemory<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Memory<byte> destination,
        CancellationToken cancellationToken = default
    );
}
