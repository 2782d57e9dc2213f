using System.Security.Cryptography;
using EContract.Hosting.Signing;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki;

namespace EContract.Tsa.Units;

/// <summary>Brings a configured key and its certificate together, or says what is wrong with them.</summary>
internal sealed class TsuKeyLoader(FindSigningKey find, TimeProvider time)
{
    /// <param name="problems">Takes what is wrong; the result is null then.</param>
    public async Task<TsuKey?> LoadAsync(TsuKeyOptions options, ICollection<string> problems, CancellationToken cancellationToken)
    {
        ISigningKey? key;
        try
        {
            key = await find(options.Label, cancellationToken);
        }
        catch (HsmException e)
        {
            problems.Add($"key '{options.Label}': {e.Message}");
            return null;
        }

        if (key is null)
        {
            problems.Add($"key '{options.Label}' is not on the token");
            return null;
        }

        try
        {
            var certificate = TsuCertificate.Load(await File.ReadAllBytesAsync(options.CertificateFile, cancellationToken));
            string[] wrong = [.. certificate.Check(key, time.GetUtcNow())];
            if (wrong.Length > 0)
            {
                Array.ForEach(wrong, problems.Add);
                return null;
            }

            HashAlgorithmName? hash = options.Hash.Length == 0 ? null : new HashAlgorithmName(options.Hash);
            return new TsuKey(key, certificate, key.Algorithm.SignatureAlgorithm(hash, options.Pss));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or MalformedException)
        {
            problems.Add($"certificate {options.CertificateFile}: {e.Message}");
            return null;
        }
    }
}
