using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Tls;

/// <summary>
/// The server side of mutual TLS. Files that have changed are taken up with the next handshake, at most once a second;
/// faulty ones are refused and the former certificate stays.
/// </summary>
public sealed class ServerTls(IOptionsMonitor<TlsOptions> options, TimeProvider time, ILogger<ServerTls> logger) : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private Material? _material;
    private long _checkedAt;

    /// <summary>End of the server certificate's validity.</summary>
    public DateTimeOffset NotAfter => Current().Leaf.NotAfter;

    /// <summary>Options of one handshake.</summary>
    public SslServerAuthenticationOptions Handshake()
    {
        var material = Current();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Context,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // Revocation is judged at each call, by our own CA's word (ICallerRevocation).
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsTrusted(material, certificate, chain),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
    }

    public void Dispose() => _material?.Dispose();

    private static bool IsTrusted(Material material, X509Certificate? certificate, X509Chain? presented)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(material.Anchors);
        // An anchor may be an intermediate CA: it is trusted as it is configured.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        chain.ChainPolicy.ExtraStore.AddRange(material.Anchors);
        if (presented is not null)
        {
            X509Certificate2[] certificates = [.. presented.ChainElements.Select(element => element.Certificate)];
            chain.ChainPolicy.ExtraStore.AddRange(certificates);
        }

        return chain.Build(leaf)
            && chain
                .ChainElements.Skip(1)
                .Any(element =>
                    material.Anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span))
                );
    }

    private Material Current()
    {
        lock (_lock)
        {
            if (_material is not null && time.GetElapsedTime(_checkedAt) < CheckInterval)
            {
                return _material;
            }

            _checkedAt = time.GetTimestamp();
            var version = Material.VersionOf(options.CurrentValue);
            if (_material is null || _material.Version != version)
            {
                _material = Load(version);
            }

            return _material;
        }
    }

    /// <summary>The former material is not disposed of: handshakes may be using it.</summary>
    private Material Load(string version)
    {
        try
        {
            var loaded = Material.Load(options.CurrentValue, version);
            logger.LogInformation(
                "TLS certificate {Subject}, valid until {NotAfter:u}, is in use",
                loaded.Leaf.Subject,
                loaded.Leaf.NotAfter.ToUniversalTime()
            );
            return loaded;
        }
        catch (Exception exception)
            when (_material is not null && exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            logger.LogError(exception, "The changed TLS files can't be used; the former certificate stays");
            return _material!;
        }
    }

    private sealed record Material(
        string Version,
        X509Certificate2 Leaf,
        SslStreamCertificateContext Context,
        X509Certificate2Collection Anchors
    ) : IDisposable
    {
        public static string VersionOf(TlsOptions options) => FileVersion.Of(options.Certificate, options.Key, options.ClientAnchors);

        public static Material Load(TlsOptions options, string version)
        {
            var leaf = PemPair.Load(options.Certificate, options.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.Certificate);
            var anchors = new X509Certificate2Collection();
            anchors.ImportFromPemFile(options.ClientAnchors);
            return new Material(version, leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true), anchors);
        }

        public void Dispose() => Leaf.Dispose();
    }
}
