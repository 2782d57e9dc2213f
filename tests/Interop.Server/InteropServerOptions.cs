using System.Globalization;

namespace EContract.InteropServer;

/// <summary>The command line: <c>--port N [--tls-cert cert.pem --tls-key key.pem [--client-ca ca.pem]]</c>.</summary>
public sealed record InteropServerOptions(int Port, string? TlsCertificate, string? TlsKey, string? ClientCa)
{
    /// <exception cref="FormatException">An argument is unknown, incomplete or missing.</exception>
    public static InteropServerOptions Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].IndexOf('=', StringComparison.Ordinal) is var equals and > 0
                ? (arguments[i][..equals], arguments[i][(equals + 1)..])
                : (arguments[i], ++i < arguments.Count ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value"));
            if (name is not ("--port" or "--tls-cert" or "--tls-key" or "--client-ca"))
            {
                throw new FormatException($"unknown argument {name}; there are --port, --tls-cert, --tls-key, --client-ca");
            }

            values[name] = value;
        }

        var options = new InteropServerOptions(
            int.Parse(values.GetValueOrDefault("--port", "10000"), NumberStyles.None, CultureInfo.InvariantCulture),
            values.GetValueOrDefault("--tls-cert"),
            values.GetValueOrDefault("--tls-key"),
            values.GetValueOrDefault("--client-ca")
        );
        if (options.TlsCertificate is null != options.TlsKey is null || (options.ClientCa is not null && options.TlsKey is null))
        {
            throw new FormatException("--tls-cert and --tls-key go together; --client-ca needs both");
        }

        return options;
    }
}
