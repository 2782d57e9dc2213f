using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;
using EContract.Hsm.Vault;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EContract.Hsm;

/// <summary>A logged-in PKCS#11 token with its keys. One per token and process; thread-safe; heals itself.</summary>
public sealed class Token : IAsyncDisposable
{
    private readonly TokenCore _core;
    private readonly ConcurrentDictionary<string, ISigningKey> _keys = new();
    private readonly ConcurrentBag<Vault.Vault> _vaults = [];
    private int _disposed;

    private Token(TokenCore core) => _core = core;

    public string Label => _core.Label;

    /// <summary>How the token is, and why.</summary>
    public TokenHealth Health => _core.Health;

    internal TokenCore Core => _core;

    /// <summary>Loads the module, finds the token by label or serial, logs in.</summary>
    /// <exception cref="ValidationException">The options are incomplete or contradict themselves.</exception>
    /// <exception cref="HsmException">No such token (the message says which there are), wrong PIN, or a module that can't be used.</exception>
    public static Task<Token> OpenAsync(TokenOptions options, TimeProvider time, ILogger? logger, CancellationToken cancellationToken)
    {
        options.Validate();
        return Task.Factory.StartNew(
            () => Open(options, time, logger ?? NullLogger.Instance),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>The signing key of that label, or null. Tried out when first found; remembered from then on.</summary>
    /// <exception cref="HsmException"><see cref="HsmFault.KeyNotFound"/>: there is a half of it, or it doesn't work.</exception>
    public async Task<ISigningKey?> FindSigningKeyAsync(string label, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(label, out var known))
        {
            return known;
        }

        var found = await _core
            .RunAsync("find", session => _core.InObjectStore(() => FindPair(session, label)), cancellationToken)
            .ConfigureAwait(false);
        return found is null ? null : _keys.GetOrAdd(label, found);
    }

    /// <summary>Makes a key pair on the token: sensitive, not extractable, for signing only. It has been tried out.</summary>
    /// <exception cref="HsmException"><see cref="HsmFault.KeyExists"/>: there is one of that label.</exception>
    public async Task<ISigningKey> GenerateSigningKeyAsync(string label, KeyAlgorithm algorithm, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        var made = await _core
            .RunAsync(
                "generate",
                session => new TokenKeyMaker(_core).MakePair(session, label, algorithm),
                cancellationToken,
                callTimeout: _core.Options.GenerateTimeout
            )
            .ConfigureAwait(false);
        var key = new TokenSigningKey(_core, label, algorithm, made.SubjectPublicKeyInfo, false, _core.Options.SignatureCheck);
        return _keys.GetOrAdd(label, key);
    }

    /// <summary>The HMAC key of that label, or null.</summary>
    public async Task<HmacKey?> FindHmacKeyAsync(string label, CancellationToken cancellationToken) =>
        await ExistsAsync(label, cancellationToken).ConfigureAwait(false) ? new HmacKey(_core, label) : null;

    /// <exception cref="HsmException"><see cref="HsmFault.KeyExists"/>: there is one of that label.</exception>
    public async Task<HmacKey> GenerateHmacKeyAsync(string label, CancellationToken cancellationToken)
    {
        static bool Works(Session session, CULong key)
        {
            Span<byte> mac = stackalloc byte[HmacKey.MacSize];
            HmacKey.Compute(session, key, "hmac key check"u8, mac);
            return mac.ContainsAnyExcept((byte)0);
        }

        await MakeSecretAsync(label, Pkcs11.CKM_GENERIC_SECRET_KEY_GEN, [Pkcs11.CKA_SIGN], Works, cancellationToken).ConfigureAwait(false);
        return new HmacKey(_core, label);
    }

    /// <summary>The sealing key of that label, or null.</summary>
    public async Task<SealingKey?> FindSealingKeyAsync(string label, CancellationToken cancellationToken) =>
        await ExistsAsync(label, cancellationToken).ConfigureAwait(false) ? new SealingKey(_core, label) : null;

    /// <exception cref="HsmException"><see cref="HsmFault.KeyExists"/>: there is one of that label.</exception>
    public async Task<SealingKey> GenerateSealingKeyAsync(string label, CancellationToken cancellationToken)
    {
        await MakeSecretAsync(label, Pkcs11.CKM_AES_KEY_GEN, [Pkcs11.CKA_ENCRYPT, Pkcs11.CKA_DECRYPT], SealingKey.Works, cancellationToken)
            .ConfigureAwait(false);
        return new SealingKey(_core, label);
    }

    /// <summary>Makes the AES-256 master key of a vault: it derives wrapping keys and does nothing else.</summary>
    /// <exception cref="HsmException"><see cref="HsmFault.KeyExists"/>: there is one of that label.</exception>
    public Task GenerateMasterAsync(string label, CancellationToken cancellationToken) =>
        MakeSecretAsync(label, Pkcs11.CKM_AES_KEY_GEN, [Pkcs11.CKA_DERIVE], MasterKey.Works, cancellationToken);

    /// <summary>The vault over a master key made by <see cref="GenerateMasterAsync"/>; null if there is no such master.</summary>
    public async Task<Vault.Vault?> OpenVaultAsync(string masterLabel, VaultOptions options, CancellationToken cancellationToken)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        if (!await ExistsAsync(masterLabel, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var master = new KeyHandle(_core, Pkcs11.CKO_SECRET_KEY, masterLabel, MasterKey.IsSame);
        var secrets = await _core
            .RunAsync("find", session => MasterKey.ComputeSecrets(session, master.Resolve(session)), cancellationToken, master.Forget)
            .ConfigureAwait(false);
        var vault = new Vault.Vault(_core, options, master, secrets);
        _vaults.Add(vault);
        return vault;
    }

    /// <summary>Random bytes from the token's generator.</summary>
    public Task<byte[]> RandomAsync(int count, CancellationToken cancellationToken) =>
        _core.RunAsync(
            "random",
            session =>
            {
                var random = new byte[count];
                session.Random(random);
                return random;
            },
            cancellationToken
        );

    /// <summary>Waits for the calls in flight, closes the sessions, and finalises the module if it was its last token.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var callsHang = false;
        _core.Dispose();
        try
        {
            await _core.Admission.PauseAsync("closing").WaitAsync(_core.Options.CallTimeout, _core.Time).ConfigureAwait(false);
            foreach (var vault in _vaults)
            {
                vault.Dispose();
            }

            _core.Disconnect();
        }
        catch (TimeoutException)
        {
            callsHang = true;
        }

        _core.Module.Remove(_core);
        _core.Module.Release(callsHang);
    }

    private static Token Open(TokenOptions options, TimeProvider time, ILogger logger)
    {
        var module = Module.Acquire(options, time, logger);
        var core = new TokenCore(module, options, time, logger);
        try
        {
            lock (module.Connecting)
            {
                core.Connect();
                core.Report(TokenState.Ready, "opened");
                module.Recovery.Attach(core);
            }
        }
        catch
        {
            core.Dispose();
            module.Release(callsHang: false);
            throw;
        }

        HsmTelemetry.Add(core);
        return new Token(core);
    }

    private TokenSigningKey? FindPair(Session session, string label)
    {
        var epoch = _core.Epoch;
        var privateKeys = TokenObjects.FindKeys(_core, session, Pkcs11.CKO_PRIVATE_KEY, label);
        if (privateKeys.Length == 0 && _core.EnsureLogin(session))
        {
            // Without a login private objects can't be seen.
            epoch = _core.Epoch;
            privateKeys = TokenObjects.FindKeys(_core, session, Pkcs11.CKO_PRIVATE_KEY, label);
        }

        if (privateKeys.Length == 0)
        {
            return null;
        }

        if (privateKeys.Length > 1)
        {
            throw HalfMade(label, $"there are {privateKeys.Length} private keys of that label");
        }

        var id = session.Attribute(privateKeys[0], Pkcs11.CKA_ID);
        var publicKeys = id is { Length: > 0 } ? TokenObjects.Find(session, Pkcs11.CKO_PUBLIC_KEY, null, id) : [];
        // An RSA private key knows its public half; an EC one doesn't.
        var half = PublicKeyObject.Read(session, publicKeys.Length > 0 ? publicKeys[0] : privateKeys[0]);
        if (half is not { } read)
        {
            throw HalfMade(label, "its public half is missing, or it is of an unsupported kind");
        }

        var always = session.Attribute(privateKeys[0], Pkcs11.CKA_ALWAYS_AUTHENTICATE) is [not 0, ..];
        if (!always && !DigestSigning.Works(session, privateKeys[0], read.Algorithm, read.SubjectPublicKeyInfo))
        {
            throw HalfMade(label, "its halves don't belong together");
        }

        var key = new TokenSigningKey(_core, label, read.Algorithm, read.SubjectPublicKeyInfo, always, _core.Options.SignatureCheck);
        key.Set(privateKeys[0], epoch);
        return key;
    }

    private static HsmException HalfMade(string label, string why) =>
        new("C_FindObjects", Ckr.CKR_OK, HsmFault.KeyNotFound, $"the key '{label}' can't be used: {why}");

    private Task<bool> ExistsAsync(string label, CancellationToken cancellationToken) =>
        _core.RunAsync(
            "find",
            session =>
                _core.InObjectStore(() =>
                    TokenObjects.Find(session, Pkcs11.CKO_SECRET_KEY, label).Length > 0
                    || (_core.EnsureLogin(session) && TokenObjects.Find(session, Pkcs11.CKO_SECRET_KEY, label).Length > 0)
                ),
            cancellationToken
        );

    private Task<CULong> MakeSecretAsync(
        string label,
        uint mechanism,
        uint[] rights,
        Func<Session, CULong, bool> isGood,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        return _core.RunAsync(
            "generate",
            session => new TokenKeyMaker(_core).MakeSecret(session, label, mechanism, 32, rights, isGood),
            cancellationToken,
            callTimeout: _core.Options.GenerateTimeout
        );
    }
}
