using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
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
        var verifies = check == SignatureCheck.Always || (check == SignatureCheck.RsaOnly && algorithm.IsRsa);
        _verifier = verifies ? new PublicKeyVerifier(algorithm, subjectPublicKeyInfo) : null;
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
            if (_verifier is null || _verifier.Verify(digest, signature, hash, scheme))
            {
                return operation.Written;
            }

            // A faulty signature can give the private key away (Boneh, DeMillo, Lipton 1997): nobody may see it.
            CryptographicOperations.ZeroMemory(destination);
            var fault = new HsmException(
                "C_Sign",
                Ckr.CKR_OK,
                HsmFault.FaultySignature,
                $"a signature of '{Label}' doesn't verify and isn't released"
            );
            Core.Report(TokenState.Degraded, fault.Message);
            HsmTelemetry.Failed(Core.Label, fault);
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

        public void Execute(Session session)
        {
            var handle = key.Resolve(session);
            var pins = key.AlwaysAuthenticate ? key.Core.Pins : null;
            Written = scheme switch
            {
                SignatureScheme.RsaPkcs1 => SignPkcs1(session, handle, pins),
                SignatureScheme.RsaPss => SignPss(session, handle, pins),
                _ => SignEcdsa(session, handle, pins),
            };
        }

        public readonly void Forget() => key.Forget();

        private readonly unsafe int SignPkcs1(Session session, CULong handle, Pins.PinSource? pins)
        {
            // CKM_RSA_PKCS pads what it is given: the DigestInfo is ours to build (PKCS#11 mechanisms §2.1.6).
            Span<byte> digestInfo = stackalloc byte[DigestInfo.MaxSize];
            var length = DigestInfo.Write(hash, _digest, digestInfo);
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_RSA_PKCS);
            return session.Sign(&mechanism, handle, digestInfo[..length], _destination[..key.MaxSignatureSize], pins);
        }

        private readonly unsafe int SignPss(Session session, CULong handle, Pins.PinSource? pins)
        {
            var (hashAlg, mgf) =
                hash == HashAlgorithmName.SHA256 ? (Pkcs11.CKM_SHA256, Pkcs11.CKG_MGF1_SHA256)
                : hash == HashAlgorithmName.SHA384 ? (Pkcs11.CKM_SHA384, Pkcs11.CKG_MGF1_SHA384)
                : (Pkcs11.CKM_SHA512, Pkcs11.CKG_MGF1_SHA512);
            var parameters = new CK_RSA_PKCS_PSS_PARAMS
            {
                hashAlg = new CULong(hashAlg),
                mgf = new CULong(mgf),
                sLen = new CULong((uint)_digest.Length),
            };
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_RSA_PKCS_PSS, &parameters, sizeof(CK_RSA_PKCS_PSS_PARAMS));
            return session.Sign(&mechanism, handle, _digest, _destination[..key.MaxSignatureSize], pins);
        }

        private readonly unsafe int SignEcdsa(Session session, CULong handle, Pins.PinSource? pins)
        {
            var field = key.Algorithm.KeySize / 8;
            Span<byte> fixedWidth = stackalloc byte[2 * field];
            // FIPS 186-5 §6.4.1: the leftmost bits of a longer digest; not every token cuts it itself.
            var data = _digest[..Math.Min(_digest.Length, field)];
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_ECDSA);
            var length = session.Sign(&mechanism, handle, data, fixedWidth, pins);
            return EcdsaSignature.ToDer(fixedWidth[..length], _destination);
        }
    }
}
