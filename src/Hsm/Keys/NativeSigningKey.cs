using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>What the keys on a token have in common: how a digest becomes a verified signature.</summary>
public abstract class NativeSigningKey : ISigningKey
{
    private readonly PublicKeyVerifier? _verifier;

    internal NativeSigningKey(
        TokenCore core,
        string label,
        KeyAlgorithm algorithm,
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        SignatureCheck check
    )
    {
        Core = core;
        Label = label;
        Algorithm = algorithm;
        SubjectPublicKeyInfo = subjectPublicKeyInfo;
        _verifier = check.Covers(algorithm) ? new PublicKeyVerifier(algorithm, subjectPublicKeyInfo) : null;
    }

    public string Label { get; }

    public KeyAlgorithm Algorithm { get; }

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    public int MaxSignatureSize => Algorithm.MaxSignatureSize;

    private protected TokenCore Core { get; }

    /// <summary>For a key with CKA_ALWAYS_AUTHENTICATE: each signature wants the PIN.</summary>
    private protected virtual bool AlwaysAuthenticate => false;

    public int SignDigest(
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        CancellationToken cancellationToken = default
    )
    {
        KeyAlgorithms.Check(Algorithm, digest, hash, scheme, destination);
        return Sign(digest, hash, scheme, destination, AmbientPriority.Current, null, cancellationToken);
    }

    public ValueTask<int> SignDigestAsync(
        ReadOnlyMemory<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Memory<byte> destination,
        CancellationToken cancellationToken = default
    )
    {
        KeyAlgorithms.Check(Algorithm, digest.Span, hash, scheme, destination.Span);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : Core.SignCalls.Take().Start(this, digest.Span, hash, scheme, destination, cancellationToken);
    }

    /// <summary>Signs on this thread with the permit that <paramref name="call"/> holds.</summary>
    internal int SignAdmitted(
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        SignCall call
    ) => Sign(digest, hash, scheme, destination, call.Priority, call, CancellationToken.None);

    /// <summary>The key's handle, found or made anew if it isn't known or means nothing any more.</summary>
    private protected abstract CULong Resolve(Session session);

    /// <summary>The handle means nothing any more.</summary>
    private protected abstract void Forget();

    private int Sign(
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination,
        TokenPriority priority,
        SignCall? call,
        CancellationToken cancellationToken
    )
    {
        var isAdmitted = call is not null;
        // Once more after a faulty signature: a bit may flip once. Twice is a token that must not sign.
        for (var again = true; ; again = false)
        {
            var operation = new SignOperation(this, digest, hash, scheme, destination);
            Core.Run(ref operation, "sign", priority, isAdmitted, call, cancellationToken);
            var signature = destination[..operation.Written];
            if (_verifier is null)
            {
                return operation.Written;
            }

            if (_verifier.Verify(digest, signature, hash, scheme))
            {
                Core.ReportGoodSignature();
                return operation.Written;
            }

            CryptographicOperations.ZeroMemory(destination);
            var fault = FaultySignatures.Report(Core, Label);
            if (!again)
            {
                throw fault;
            }

            isAdmitted = false;
        }
    }

    private ref struct SignOperation(
        NativeSigningKey key,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Span<byte> destination
    ) : ITokenOperation
    {
        private readonly ReadOnlySpan<byte> _digest = digest;
        private readonly Span<byte> _destination = destination;

        public int Written { get; private set; }

        public void Execute(Session session) =>
            Written = DigestSigning.Sign(
                session,
                key.Resolve(session),
                key.Algorithm,
                _digest,
                hash,
                scheme,
                _destination,
                key.AlwaysAuthenticate ? key.Core.Pins : null
            );

        public readonly void Forget() => key.Forget();
    }
}
