using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Client;

namespace EContract.Hosting.Tls;

/// <summary>What a process proves itself with to its peers, and what it believes them by. All are PEM files.</summary>
/// <param name="Certificate">Our certificate first, then its chain without the root.</param>
/// <param name="Key">The certificate's private key.</param>
/// <param name="Anchors">The CA certificates that the peers' certificates must chain to.</param>
public sealed record PeerFiles(string Certificate, string Key, string Anchors)
{
    internal string Version => FileVersion.Of(Certificate, Key, Anchors);

    internal GrpcChannelOptions Load()
    {
        var own = PemPair.Load(Certificate, Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Certificate);
        chain.RemoveAt(0);
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(Anchors);
        return new GrpcChannelOptions
        {
            ClientCertificate = own,
            ClientIntermediates = chain,
            TrustedRoots = anchors,
            // A peer that went away without a word is noticed within half a minute.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        };
    }
}
