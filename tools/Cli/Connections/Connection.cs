using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Client;
using EContract.Grpc.Client;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;

namespace EContract.Cli.Connections;

/// <summary>A channel to the server for one caller, and the clients on it.</summary>
internal sealed class Connection : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly X509Certificate2 _certificate;

    private Connection(GrpcChannel channel, X509Certificate2 certificate) => (_channel, _certificate) = (channel, certificate);

    public RegistrationService.RegistrationServiceClient Registration => new(_channel);

    public CertificateAuthorityService.CertificateAuthorityServiceClient Authority => new(_channel);

    public EContract.Proto.Audit.V1.AuditService.AuditServiceClient Audit => new(_channel);

    public EContract.Proto.Archive.V1.EvidenceService.EvidenceServiceClient Evidence => new(_channel);

    public EContract.Proto.Validation.V1.ValidationService.ValidationServiceClient Validation => new(_channel);

    public SigningPortal Portal => new(_channel);

    public ArchiveJobs Archive => new(_channel);

    /// <param name="defaultCaller">Who calls unless <c>--caller</c> says otherwise.</param>
    public static Connection Open(ParseResult parsed, string defaultCaller) =>
        Open(
            parsed.GetValue(GlobalOptions.Home)!,
            parsed.GetValue(GlobalOptions.Server)!,
            parsed.GetValue(GlobalOptions.Caller) ?? defaultCaller
        );

    /// <exception cref="CommandException">The certificate, its key or the CA's certificate can't be read.</exception>
    public static Connection Open(string home, string server, string caller)
    {
        var folder = Path.Combine(home, "callers");
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(
                Path.Combine(folder, $"{caller}.crt"),
                Path.Combine(folder, $"{caller}.key")
            );
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
            var channel = GrpcChannel.ForAddress(server, new GrpcChannelOptions { ClientCertificate = certificate, TrustedRoots = roots });
            return new Connection(channel, certificate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException($"caller '{caller}': {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException)
        {
            throw new CommandException($"--server: {e.Message}");
        }
    }

    public void Dispose()
    {
        _channel.Dispose();
        _certificate.Dispose();
    }
}
