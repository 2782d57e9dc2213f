using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>
/// Subscriber keys: made on the token, wrapped there under a key that comes from the token's master key and the
/// subscriber's PIN, kept outside as blobs. Without the PIN neither the database nor the token nor both can sign.
/// PINs are UTF-8 bytes, the caller's to zero. Thread-safe; get it from <see cref="Token.OpenVaultAsync"/>.
/// </summary>
public sealed class Vault : IDisposable
{
    private readonly TokenCore _core;
    private readonly VaultOptions _options;
    private readonly KeyHandle _master;
    private readonly MasterSecrets _secrets;
    private readonly Verifiers _verifiers = new();

    internal Vault(TokenCore core, VaultOptions options, KeyHandle master, MasterSecrets secrets)
    {
        _core = core;
        _options = options;
        _master = master;
        _secrets = secrets;
        Sessions = new KeySessions(core);
    }

    internal KeySessions Sessions { get; }

    internal SignatureCheck SignatureCheck => _options.SignatureCheck;

    /// <summary>
    /// Makes a key, wraps it under the PIN, opens the wrapped form again, and hands that to <paramref name="whileOpen"/>
    /// for the proof of possession: the blob is known to open before anybody relies on it. The key is destroyed on the
    /// token when that is done.
    /// </summary>
    /// <exception cref="HsmException">The token said no.</exception>
    public async Task<T> CreateAsync<T>(
        string credentialId,
        KeyAlgorithm algorithm,
        ReadOnlyMemory<byte> pin,
        Func<ISigningKey, byte[], CancellationToken, Task<T>> whileOpen,
        CancellationToken cancellationToken
    )
    {
        var salt = RandomNumberGenerator.GetBytes(WrappedKeyBlob.SaltSize);
        var stretch = await PinStretch.ComputeAsync(pin, salt, credentialId, _options.Rounds, cancellationToken).ConfigureAwait(false);
        byte[] encoded;
        using (stretch)
        {
            encoded = await _core
                .RunAsync(
                    "create",
                    session => Make(session, credentialId, algorithm, salt, stretch),
                    cancellationToken,
                    _master.Forget,
                    _core.Options.GenerateTimeout
                )
                .ConfigureAwait(false);
        }

        _core.CountSessionObjects(3);
        var result = await UnwrapAsync(credentialId, encoded, pin, cancellationToken).ConfigureAwait(false);
        await using var key =
            result.Key ?? throw new HsmException("C_WrapKey", Ckr.CKR_OK, HsmFault.Refused, "the new wrapped key doesn't open");
        return await whileOpen(key, encoded, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a wrapped key.</summary>
    /// <exception cref="HsmException">The blob is damaged, of another token or of another credential, or the token said no.</exception>
    public async Task<UnwrapResult> UnwrapAsync(
        string credentialId,
        ReadOnlyMemory<byte> blob,
        ReadOnlyMemory<byte> pin,
        CancellationToken cancellationToken
    )
    {
        var parsed = Decode(blob, credentialId);
        var stretch = await StretchAsync(parsed, credentialId, pin, cancellationToken).ConfigureAwait(false);
        try
        {
            await Sessions.EnterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            stretch.Dispose();
            throw;
        }

        var key = new UnwrappedKey(_core, this, credentialId, parsed, stretch);
        try
        {
            if (await _core.RunAsync("unwrap", key.TryOpen, cancellationToken, _master.Forget).ConfigureAwait(false))
            {
                _core.CountSessionObjects(2);
                return new UnwrapResult(key);
            }
        }
        catch
        {
            await key.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await key.DisposeAsync().ConfigureAwait(false);
        return new UnwrapResult(null);
    }

    /// <summary>
    /// Opens a wrapped key, signs, destroys it, in one go on one session. Signatures in the order of the digests, verified as
    /// <see cref="VaultOptions.SignatureCheck"/> says; null if the PIN is wrong.
    /// </summary>
    /// <exception cref="HsmException">As <see cref="UnwrapAsync"/>.</exception>
    public async Task<byte[][]?> SignAsync(
        string credentialId,
        ReadOnlyMemory<byte> blob,
        ReadOnlyMemory<byte> pin,
        IReadOnlyList<DigestToSign> digests,
        CancellationToken cancellationToken
    )
    {
        var parsed = Decode(blob, credentialId);
        using var stretch = await StretchAsync(parsed, credentialId, pin, cancellationToken).ConfigureAwait(false);
        var verifies = _options.SignatureCheck.Covers(parsed.Algorithm);
        var once = new OneTimeSigner(parsed, digests, verifies);
        var signed = await _core
            .RunAsync("sign-wrapped", session => once.Sign(session, this, stretch), cancellationToken, _master.Forget)
            .ConfigureAwait(false);
        _core.CountSessionObjects(2);
        if (!signed)
        {
            return null;
        }

        if (!verifies)
        {
            return once.Signatures;
        }

        if (once.Verify(_verifiers.Of(parsed.Algorithm, parsed.SubjectPublicKeyInfo)))
        {
            _core.ReportGoodSignature();
            return once.Signatures;
        }

        // A module that opens anything with any key, or a faulty token?
        var isRight = await _core
            .RunAsync("check", session => IsRight(session, parsed, stretch), cancellationToken, _master.Forget)
            .ConfigureAwait(false);
        return isRight ? throw FaultySignatures.Report(_core, credentialId) : null;
    }

    /// <summary>
    /// As <see cref="SignAsync"/>, on the caller's thread, the stretching of the PIN included. A token that hangs hangs the
    /// caller.
    /// </summary>
    /// <exception cref="HsmException">As <see cref="UnwrapAsync"/>.</exception>
    public byte[][]? Sign(
        string credentialId,
        ReadOnlyMemory<byte> blob,
        ReadOnlySpan<byte> pin,
        IReadOnlyList<DigestToSign> digests,
        CancellationToken cancellationToken = default
    )
    {
        var parsed = Decode(blob, credentialId);
        using var stretch = PinStretch.Compute(pin, parsed.Salt.Span, credentialId, parsed.Rounds);
        var verifies = _options.SignatureCheck.Covers(parsed.Algorithm);
        var once = new OneTimeSigner(parsed, digests, verifies);
        var signed = _core.RunHere("sign-wrapped", session => once.Sign(session, this, stretch), cancellationToken, _master.Forget);
        _core.CountSessionObjects(2);
        if (!signed)
        {
            return null;
        }

        if (!verifies)
        {
            return once.Signatures;
        }

        if (once.Verify(_verifiers.Of(parsed.Algorithm, parsed.SubjectPublicKeyInfo)))
        {
            _core.ReportGoodSignature();
            return once.Signatures;
        }

        return _core.RunHere("check", session => IsRight(session, parsed, stretch), cancellationToken, _master.Forget)
            ? throw FaultySignatures.Report(_core, credentialId)
            : null;
    }

    /// <summary>The same key wrapped under a new PIN, with a new salt; null if the old PIN is wrong.</summary>
    /// <exception cref="HsmException">As <see cref="UnwrapAsync"/>.</exception>
    public async Task<byte[]?> RewrapAsync(
        string credentialId,
        ReadOnlyMemory<byte> blob,
        ReadOnlyMemory<byte> oldPin,
        ReadOnlyMemory<byte> newPin,
        CancellationToken cancellationToken
    )
    {
        var parsed = Decode(blob, credentialId);
        var salt = RandomNumberGenerator.GetBytes(WrappedKeyBlob.SaltSize);
        using var oldStretch = await StretchAsync(parsed, credentialId, oldPin, cancellationToken).ConfigureAwait(false);
        using var newStretch = await PinStretch
            .ComputeAsync(newPin, salt, credentialId, _options.Rounds, cancellationToken)
            .ConfigureAwait(false);
        var rewrapped = await _core
            .RunAsync(
                "rewrap",
                session => Rewrap(session, credentialId, parsed, oldStretch, salt, newStretch),
                cancellationToken,
                _master.Forget
            )
            .ConfigureAwait(false);
        _core.CountSessionObjects(4);
        return rewrapped;
    }

    /// <summary>Closes the sessions of keys. Dispose opened keys first; the token disposes its vaults.</summary>
    public void Dispose() => Sessions.Dispose();

    /// <exception cref="HsmException">The fault says what is wrong with the blob.</exception>
    internal WrappedKeyBlob Decode(ReadOnlyMemory<byte> blob, string credentialId) => WrappedKeyBlob.Decode(blob, credentialId, _secrets);

    internal void ForgetMaster() => _master.Forget();

    /// <summary>The opened key's handle, null if the PIN is wrong. In a call on the token.</summary>
    internal CULong? Open(Session session, WrappedKeyBlob blob, PinStretch stretch, bool extractable = false)
    {
        var wrappingKey = WrappingKey.Derive(session, _master.Resolve(session), stretch.Bytes, wraps: false);
        try
        {
            return WrappingKey.IsRight(session, wrappingKey, blob)
                ? WrappingKey.Unwrap(session, _core.IsNss, wrappingKey, blob, extractable)
                : null;
        }
        finally
        {
            session.DestroyOwn(wrappingKey);
        }
    }

    /// <summary>
    /// As <see cref="Open"/>, but asks for the key check value only if C_UnwrapKey fails: for a caller that verifies what
    /// the key signs, and so would see a module that opens anything with anything.
    /// </summary>
    internal CULong? OpenForOnce(Session session, WrappedKeyBlob blob, PinStretch stretch)
    {
        var wrappingKey = WrappingKey.Derive(session, _master.Resolve(session), stretch.Bytes, wraps: false);
        try
        {
            return WrappingKey.Unwrap(session, _core.IsNss, wrappingKey, blob, extractable: false);
        }
        catch (HsmException e) when (e.Function == "C_UnwrapKey" && CkrMeaning.Of(e.Ckr) is CkrScope.Request or CkrScope.Device)
        {
            if (WrappingKey.IsRight(session, wrappingKey, blob))
            {
                throw;
            }

            return null;
        }
        finally
        {
            session.DestroyOwn(wrappingKey);
        }
    }

    private bool IsRight(Session session, WrappedKeyBlob blob, PinStretch stretch) =>
        WrappingKey.With(
            session,
            _master.Resolve(session),
            stretch.Bytes,
            wraps: false,
            wrappingKey => WrappingKey.IsRight(session, wrappingKey, blob)
        );

    private static Task<PinStretch> StretchAsync(
        WrappedKeyBlob blob,
        string credentialId,
        ReadOnlyMemory<byte> pin,
        CancellationToken cancellationToken
    ) => PinStretch.ComputeAsync(pin, blob.Salt, credentialId, blob.Rounds, cancellationToken);

    private unsafe byte[] Make(Session session, string credentialId, KeyAlgorithm algorithm, byte[] salt, PinStretch stretch)
    {
        var mechanism = new CK_MECHANISM(algorithm.IsRsa ? Pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN : Pkcs11.CKM_EC_KEY_PAIR_GEN);
        var id = RandomNumberGenerator.GetBytes(16);
        using var publicTemplate = KeyTemplates.PublicKey(algorithm, onToken: false, "subscriber", id);
        using var privateTemplate = KeyTemplates.PrivateKey(onToken: false, extractable: true, "subscriber", id);
        var (publicKey, privateKey) = session.GenerateKeyPair(&mechanism, publicTemplate, privateTemplate);
        try
        {
            var read = PublicKeyObject.Read(session, publicKey);
            if (read is not { } half || !DigestSigning.Works(session, privateKey, half.Algorithm, half.SubjectPublicKeyInfo))
            {
                throw new HsmException("C_GenerateKeyPair", Ckr.CKR_OK, HsmFault.Refused, "the new key doesn't work");
            }

            return Wrap(session, credentialId, algorithm, half.SubjectPublicKeyInfo, privateKey, salt, stretch);
        }
        finally
        {
            session.DestroyOwn(privateKey);
            session.DestroyOwn(publicKey);
        }
    }

    private byte[] Wrap(
        Session session,
        string credentialId,
        KeyAlgorithm algorithm,
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        CULong privateKey,
        byte[] salt,
        PinStretch stretch
    ) =>
        WrappingKey.With(
            session,
            _master.Resolve(session),
            stretch.Bytes,
            wraps: true,
            wrappingKey =>
                WrappedKeyBlob.Encode(
                    credentialId,
                    _secrets,
                    algorithm,
                    _options.Rounds,
                    salt,
                    WrappingKey.CheckValue(session, wrappingKey),
                    subjectPublicKeyInfo.Span,
                    WrappingKey.Wrap(session, wrappingKey, privateKey)
                )
        );

    private byte[]? Rewrap(
        Session session,
        string credentialId,
        WrappedKeyBlob blob,
        PinStretch oldStretch,
        byte[] salt,
        PinStretch newStretch
    )
    {
        if (Open(session, blob, oldStretch, extractable: true) is not { } key)
        {
            return null;
        }

        byte[] rewrapped;
        try
        {
            rewrapped = Wrap(session, credentialId, blob.Algorithm, blob.SubjectPublicKeyInfo, key, salt, newStretch);
        }
        finally
        {
            session.DestroyOwn(key);
        }

        // The old blob will be thrown away for this one: it must be known to open and to fit.
        var proof = Decode(rewrapped, credentialId);
        var opened = Open(session, proof, newStretch) ?? throw Unproven();
        try
        {
            return DigestSigning.Works(session, opened, proof.Algorithm, proof.SubjectPublicKeyInfo) ? rewrapped : throw Unproven();
        }
        finally
        {
            session.DestroyOwn(opened);
        }
    }

    private static HsmException Unproven() =>
        new("C_WrapKey", Ckr.CKR_OK, HsmFault.Refused, "the re-wrapped key doesn't open; the old one stays valid");
}
