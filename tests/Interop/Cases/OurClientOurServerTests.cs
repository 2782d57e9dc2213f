using EContract.Grpc.Client;
using EContract.Grpc.InProcess;
using EContract.InteropServer;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;

namespace EContract.Interop.Tests.Cases;

/// <summary>Our client and our server: in clear text, over TLS with client certificates, and in one process.</summary>
public sealed class OurClientOurServerTests(OurClientOurServerTests.Servers servers) : IClassFixture<OurClientOurServerTests.Servers>
{
    public static TheoryData<string> AllCases { get; } = InteropCases.Names();

    /// <summary>Within a process nothing is serialized, so there is nothing to compress and no flag to see (docs/adr/0015).</summary>
    public static TheoryData<string> CasesWithoutCompression { get; } =
        InteropCases.Names(
            "client_compressed_unary",
            "server_compressed_unary",
            "client_compressed_streaming",
            "server_compressed_streaming"
        );

    [Theory]
    [MemberData(nameof(AllCases))]
    public Task Over_clear_text(string name) => RunAsync(name, $"http://127.0.0.1:{servers.PlainPort}", new SocketsHttpHandler());

    [Theory]
    [MemberData(nameof(AllCases))]
    public Task Over_TLS_with_client_certificates(string name)
    {
        var options = new GrpcChannelOptions
        {
            ClientCertificate = servers.ClientCertificate,
            TrustedRoots = [servers.Certificates.Authority],
        };
        return RunAsync(name, $"https://localhost:{servers.TlsPort}", GrpcChannel.CreateHandler(options));
    }

    [Theory]
    [MemberData(nameof(CasesWithoutCompression))]
    public async Task In_one_process(string name)
    {
        using var channel = new InProcessServer().AddService(new TestServiceImpl()).CreateChannel(new InProcessCaller("interop"));
        await InteropCases.All[name](new InteropCases(channel.CreateCallInvoker(), null));
    }

    [Fact]
    public async Task A_client_without_a_certificate_gets_no_connection()
    {
        using var channel = GrpcChannel.ForAddress(
            $"https://localhost:{servers.TlsPort}",
            new GrpcChannelOptions { TrustedRoots = [servers.Certificates.Authority] }
        );
        var client = new global::Grpc.Testing.TestService.TestServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new global::Grpc.Testing.Empty()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_server_whose_root_is_not_trusted_gets_no_call()
    {
        using var channel = GrpcChannel.ForAddress($"https://localhost:{servers.TlsPort}");
        var client = new global::Grpc.Testing.TestService.TestServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new global::Grpc.Testing.Empty()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    private static async Task RunAsync(string name, string address, SocketsHttpHandler handler)
    {
        using var flags = new ResponseFlags(handler);
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = flags });
        await InteropCases.All[name](new InteropCases(channel.CreateCallInvoker(), flags));
    }

    public sealed class Servers : IAsyncLifetime
    {
        private readonly List<WebApplication> _running = [];

        public TestCertificates Certificates { get; } = new();

        public System.Security.Cryptography.X509Certificates.X509Certificate2 ClientCertificate => field ??= Certificates.Load("client");

        public int PlainPort { get; private set; }

        public int TlsPort { get; private set; }

        public async ValueTask InitializeAsync()
        {
            PlainPort = await StartAsync(new InteropServerOptions(0, null, null, null));
            TlsPort = await StartAsync(
                new InteropServerOptions(0, Certificates.Certificate("server"), Certificates.Key("server"), Certificates.AuthorityFile)
            );
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in _running)
            {
                await server.DisposeAsync();
            }

            Certificates.Dispose();
        }

        private async Task<int> StartAsync(InteropServerOptions options)
        {
            var server = InteropHost.Build(options);
            _running.Add(server);
            await server.StartAsync();
            return InteropHost.PortOf(server);
        }
    }
}
