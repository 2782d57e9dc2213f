using System.Security.Cryptography.X509Certificates;
using EContract.Ca;
using EContract.Grpc.Client;
using EContract.Grpc.InProcess;
using EContract.Hosting.Calls;
using EContract.Tsa;
using Grpc.Core;

namespace EContract.Server;

/// <summary>The way from a role to another: in one process without sockets, else over mutual TLS. The calls are the same.</summary>
internal sealed class RoleChannels : IDisposable
{
    private readonly Lazy<InProcessChannel> _inProcess;
    private readonly Lazy<X509Certificate2> _certificate;
    private readonly List<GrpcChannel> _channels = [];
    private readonly ServerOptions _options;
    private readonly Lock _lock = new();

    public RoleChannels(ServerOptions options, IServiceProvider services)
    {
        _options = options;
        _inProcess = new Lazy<InProcessChannel>(() => Serve(options, services).CreateChannel(new InProcessCaller("signer")));
        _certificate = new Lazy<X509Certificate2>(() => X509Certificate2.CreateFromPemFile(options.Peers.Certificate!, options.Peers.Key));
    }

    public CallInvoker ToCa() => To(Roles.Ca, _options.Peers.Ca);

    public CallInvoker ToTsa() => To(Roles.Tsa, _options.Peers.Tsa);

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        if (_inProcess.IsValueCreated)
        {
            _inProcess.Value.Dispose();
        }

        if (_certificate.IsValueCreated)
        {
            _certificate.Value.Dispose();
        }
    }

    private CallInvoker To(string role, string? address)
    {
        if (_options.Roles.Contains(role))
        {
            return _inProcess.Value.CreateCallInvoker();
        }

        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(_options.Peers.Anchors!);
        var channel = GrpcChannel.ForAddress(
            address ?? throw new InvalidOperationException($"There is no peer with the role {role}."),
            new GrpcChannelOptions
            {
                ClientCertificate = _certificate.Value,
                TrustedRoots = anchors,
                // A peer that went away without a word is noticed within half a minute.
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            }
        );
        lock (_lock)
        {
            _channels.Add(channel);
        }

        return channel.CreateCallInvoker();
    }

    private static InProcessServer Serve(ServerOptions options, IServiceProvider services)
    {
        var settings = new InProcessServerOptions { Logger = services.GetRequiredService<ILogger<InProcessServer>>() };
        // The same edge as on the wire: roles, admission, errors, log.
        settings.Interceptors.Add(services.GetRequiredService<EdgeInterceptor>());
        var server = new InProcessServer(settings);
        if (options.Roles.Contains(Roles.Ca))
        {
            CaRole.ServeInProcess(server, services);
        }

        if (options.Roles.Contains(Roles.Tsa))
        {
            TsaRole.ServeInProcess(server, services);
        }

        return server;
    }
}
