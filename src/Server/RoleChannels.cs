using EContract.Ca;
using EContract.Grpc.Client;
using EContract.Grpc.InProcess;
using EContract.Hosting.Calls;
using EContract.Hosting.Tls;
using EContract.Tsa;
using Grpc.Core;

namespace EContract.Server;

/// <summary>The way from a role to another: in one process without sockets, else over mutual TLS. The calls are the same.</summary>
internal sealed class RoleChannels : IDisposable
{
    private readonly Lazy<InProcessChannel> _inProcess;
    private readonly Lazy<PeerHandler> _peers;
    private readonly List<GrpcChannel> _channels = [];
    private readonly ServerOptions _options;
    private readonly Lock _lock = new();

    public RoleChannels(ServerOptions options, IServiceProvider services)
    {
        _options = options;
        _inProcess = new Lazy<InProcessChannel>(() => Serve(options, services).CreateChannel(new InProcessCaller("signer")));
        _peers = new Lazy<PeerHandler>(() =>
            new PeerHandler(
                new PeerFiles(options.Peers.Certificate!, options.Peers.Key!, options.Peers.Anchors!),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<PeerHandler>>()
            )
        );
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

        if (_peers.IsValueCreated)
        {
            _peers.Value.Dispose();
        }
    }

    private CallInvoker To(string role, string? address)
    {
        if (_options.Roles.Contains(role))
        {
            return _inProcess.Value.CreateCallInvoker();
        }

        var channel = GrpcChannel.ForAddress(
            address ?? throw new InvalidOperationException($"There is no peer with the role {role}."),
            new GrpcChannelOptions { HttpHandler = _peers.Value }
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
