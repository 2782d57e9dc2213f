using EContract.Grpc.Client;
using EContract.Interop.Tests.Peers;
using EContract.TestKit;

namespace EContract.Interop.Tests.Cases;

/// <summary>Our client against servers made with grpc-js and grpcio, each for the cases that it can serve.</summary>
public sealed class ForeignServerTests(ForeignServerTests.Servers servers) : IClassFixture<ForeignServerTests.Servers>
{
    /// <summary>grpc-js compresses no responses, and tells a handler nothing about the compression of requests.</summary>
    public static TheoryData<string> NodeCases { get; } =
        InteropCases.Names(
            "client_compressed_unary",
            "server_compressed_unary",
            "client_compressed_streaming",
            "server_compressed_streaming"
        );

    /// <summary>grpcio compresses responses, but tells a handler nothing about the compression of requests.</summary>
    public static TheoryData<string> PythonCases { get; } = InteropCases.Names("client_compressed_unary", "client_compressed_streaming");

    [Theory]
    [MemberData(nameof(NodeCases))]
    public Task Node_over_clear_text(string name) => RunAsync(name, $"http://127.0.0.1:{servers.NodePort}", new SocketsHttpHandler());

    [Theory]
    [MemberData(nameof(NodeCases))]
    public Task Node_over_TLS(string name) =>
        RunAsync(
            name,
            $"https://localhost:{servers.NodeTlsPort}",
            GrpcChannel.CreateHandler(
                new GrpcChannelOptions { ClientCertificate = servers.ClientCertificate, TrustedRoots = [servers.Certificates.Authority] }
            )
        );

    [Theory]
    [MemberData(nameof(PythonCases))]
    public Task Python_over_clear_text(string name) => RunAsync(name, $"http://127.0.0.1:{servers.PythonPort}", new SocketsHttpHandler());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Servers_that_do_not_tell_still_decompress_our_requests(bool node)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{(node ? servers.NodePort : servers.PythonPort)}");
        using var call = new global::Grpc.Testing.TestService.TestServiceClient(channel).StreamingInputCall(
            new global::Grpc.Core.Metadata { { "grpc-internal-encoding-request", "gzip" } }
        );
        foreach (var size in new[] { 27182, 45904 })
        {
            await call.RequestStream.WriteAsync(new() { Payload = new() { Body = Google.Protobuf.ByteString.CopyFrom(new byte[size]) } });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(73086, (await call).AggregatedPayloadSize);
    }

    private static async Task RunAsync(string name, string address, SocketsHttpHandler handler)
    {
        using var flags = new ResponseFlags(handler);
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = flags });
        await InteropCases.All[name](new InteropCases(channel.CreateCallInvoker(), flags));
    }

    public sealed class Servers : IAsyncLifetime
    {
        private readonly List<PeerProcess> _peers = [];

        public TestCertificates Certificates { get; } = new();

        public System.Security.Cryptography.X509Certificates.X509Certificate2 ClientCertificate => field ??= Certificates.Load("client");

        public int NodePort { get; private set; }

        public int NodeTlsPort { get; private set; }

        public int PythonPort { get; private set; }

        public async ValueTask InitializeAsync()
        {
            await NodePackages.InstallAsync();
            NodePort = await StartAsync("node/server.js");
            NodeTlsPort = await StartAsync(
                "node/server.js",
                "--tls-cert",
                Certificates.Certificate("server"),
                "--tls-key",
                Certificates.Key("server"),
                "--client-ca",
                Certificates.AuthorityFile
            );
            PythonPort = await StartAsync("python/server.py");
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var peer in _peers)
            {
                await peer.DisposeAsync();
            }

            Certificates.Dispose();
        }

        private async Task<int> StartAsync(string script, params string[] arguments)
        {
            var peer = PeerProcess.Start(script, arguments);
            _peers.Add(peer);
            return await peer.ReadPortAsync();
        }
    }
}
