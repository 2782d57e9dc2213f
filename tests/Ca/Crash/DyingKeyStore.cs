using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Hsm.Keys;

namespace EContract.Ca.Tests.Crash;

/// <summary>The process that uses it dies, as by kill -9, at a given signature with one of the keys.</summary>
internal sealed class DyingKeyStore(IKeyStore inner, string label, int signatures, KillPoint point) : IKeyStore
{
    private int _left = signatures; // by Interlocked

    public async Task<ISigningKey?> FindAsync(string name, CancellationToken cancellationToken) =>
        await inner.FindAsync(name, cancellationToken) is not { } key ? null
        : name == label ? new DyingKey(this, key)
        : key;

    public Task<ISigningKey> GenerateAsync(string name, KeyAlgorithm algorithm, CancellationToken cancellationToken) =>
        inner.GenerateAsync(name, algorithm, cancellationToken);

    private static void Die()
    {
        // SIGKILL: no finally, no rollback, no goodbye to the token or the database.
        Process.GetCurrentProcess().Kill();
        throw new UnreachableException();
    }

    private sealed class DyingKey(DyingKeyStore store, ISigningKey key) : ISigningKey
    {
        public string Label => key.Label;

        public KeyAlgorithm Algorithm => key.Algorithm;

        public ReadOnlyMemory<byte> SubjectPublicKeyInfo => key.SubjectPublicKeyInfo;

        public int MaxSignatureSize => key.MaxSignatureSize;

        public int SignDigest(
            ReadOnlySpan<byte> digest,
            HashAlgorithmName hash,
            SignatureScheme scheme,
            Span<byte> destination,
            CancellationToken cancellationToken = default
        )
        {
            var last = BeginSignature();
            var length = key.SignDigest(digest, hash, scheme, destination, cancellationToken);
            EndSignature(last);
            return length;
        }

        public async ValueTask<int> SignDigestAsync(
            ReadOnlyMemory<byte> digest,
            HashAlgorithmName hash,
            SignatureScheme scheme,
            Memory<byte> destination,
            CancellationToken cancellationToken = default
        )
        {
            var last = BeginSignature();
            var length = await key.SignDigestAsync(digest, hash, scheme, destination, cancellationToken);
            EndSignature(last);
            return length;
        }

        private bool BeginSignature()
        {
            var last = Interlocked.Decrement(ref store._left) == 0;
            if (last && store.Point == KillPoint.BeforeCrlSignature)
            {
                Die();
            }

            return last;
        }

        private static void EndSignature(bool last)
        {
            if (last)
            {
                Die();
            }
        }
    }

    private KillPoint Point => point;
}
