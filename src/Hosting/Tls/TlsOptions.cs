using EContract.Hosting.Settings;

namespace EContract.Hosting.Tls;

/// <summary>TLS of the gRPC port, section <c>Tls</c>.</summary>
public sealed class TlsOptions
{
    /// <summary>PEM file: the server's certificate first, then its chain without the root.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file with the private key (PKCS#8).</summary>
    public string Key { get; set; } = "";

    /// <summary>PEM file with the CA certificates that callers' certificates must chain to.</summary>
    public string ClientAnchors { get; set; } = "";

    internal static void Check(TlsOptions options, SettingErrors errors)
    {
        foreach (
            var (name, file) in new[]
            {
                (nameof(Certificate), options.Certificate),
                (nameof(Key), options.Key),
                (nameof(ClientAnchors), options.ClientAnchors),
            }
        )
        {
            if (!File.Exists(file))
            {
                errors.Add(name, file.Length == 0 ? "is missing" : $"'{file}' does not exist", "the path of a PEM file");
            }
        }
    }
}
