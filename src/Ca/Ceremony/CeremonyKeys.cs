using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;

namespace EContract.Ca.Ceremony;

/// <summary>Makes a ceremony's keys, each once: an intention is recorded first, and a key without an intention of ours is never used.</summary>
/// <param name="isCertified">Whether an earlier ceremony has certified a public key (SubjectPublicKeyInfo, DER).</param>
internal sealed class CeremonyKeys(
    string directory,
    IKeyStore token,
    CeremonyState state,
    Action saveState,
    Func<ReadOnlyMemory<byte>, bool> isCertified
) : IDisposable
{
    private readonly Dictionary<string, SoftwareSigningKey> _files = new(StringComparer.Ordinal);

    public async Task<(ISigningKey Key, bool Made)> MakeAsync(KeyScript script, CancellationToken cancellationToken)
    {
        var location = script.Token is { } label ? $"token:{label}" : $"file:{script.File}";
        if (script.Kept)
        {
            return (await FindKeptAsync(script, location, cancellationToken), false);
        }

        var intended = state.Keys.TryGetValue(location, out var recorded);
        var key = script.Token is not null ? await token.FindAsync(script.Token, cancellationToken) : FindFile(script.File!);
        if (key is not null && !intended)
        {
            throw new ServiceException(Fault.CeremonyAlreadyHeld, $"the key {location} exists and was not made by this ceremony");
        }

        if (key is null && recorded is { Length: > 0 })
        {
            throw new ServiceException(Fault.TokenKeyMissing, $"the key {location} was made by this ceremony and is gone");
        }

        var made = key is null;
        if (key is null)
        {
            state.Keys[location] = "";
            saveState();
            key = script.Token is not null
                ? await token.GenerateAsync(script.Token, script.Algorithm, cancellationToken)
                : GenerateFile(script.File!, script.Algorithm);
        }

        var publicKey = Convert.ToBase64String(key.SubjectPublicKeyInfo.Span);
        if (key.Algorithm != script.Algorithm || (recorded is { Length: > 0 } && recorded != publicKey))
        {
            throw new ServiceException(Fault.CeremonyAlreadyHeld, $"the key {location} is not the one that this ceremony made");
        }

        state.Keys[location] = publicKey;
        saveState();
        return (key, made);
    }

    private async Task<ISigningKey> FindKeptAsync(KeyScript script, string location, CancellationToken cancellationToken)
    {
        var key =
            (script.Token is not null ? await token.FindAsync(script.Token, cancellationToken) : FindFile(script.File!))
            ?? throw new ServiceException(Fault.TokenKeyMissing, $"the key {location} is to be kept and is not there");
        return key.Algorithm == script.Algorithm && isCertified(key.SubjectPublicKeyInfo)
            ? key
            : throw new ServiceException(Fault.CeremonyAlreadyHeld, $"the key {location} is not one that an earlier ceremony certified");
    }

    private SoftwareSigningKey? FindFile(string path)
    {
        if (_files.TryGetValue(path, out var known))
        {
            return known;
        }

        var full = Path.Combine(directory, path);
        if (!File.Exists(full))
        {
            return null;
        }

        var pem = File.ReadAllText(full);
        var fields = PemEncoding.Find(pem);
        var pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            return _files[path] = SoftwareSigningKey.FromPkcs8(pkcs8, path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private SoftwareSigningKey GenerateFile(string path, KeyAlgorithm algorithm)
    {
        using AsymmetricAlgorithm key = algorithm.IsRsa
            ? RSA.Create(algorithm.KeySize)
            : ECDsa.Create(algorithm == KeyAlgorithm.EcdsaP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        var pem = System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        try
        {
            DurableFile.Write(Path.Combine(directory, path), pem, secret: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }

        return FindFile(path)!;
    }

    public void Dispose()
    {
        foreach (var key in _files.Values)
        {
            key.Dispose();
        }
    }
}
