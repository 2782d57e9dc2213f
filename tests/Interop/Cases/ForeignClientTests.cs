using EContract.Interop.Tests.Peers;
using EContract.InteropServer;
using EContract.TestKit;
using Microsoft.AspNetCore.Builder;

namespace EContract.Interop.Tests.Cases;

/// <summary>Clients made with grpc-js and grpcio against our server, in clear text and over TLS with client certificates.</summary>
public sealed class ForeignClientTests(ForeignClientTests.Results results) : IClassFixture<ForeignClientTests.Results>
{
    public static TheoryData<string> AllCases { get; } = InteropCases.Names();

    [Theory]
    [MemberData(nameof(AllCases))]
    public async Task Node_over_clear_text(string name) => Assert.Equal("ok", (await results.Node)[name]);

    [Theory]
    [MemberData(nameof(AllCases))]
    public async Task Node_over_TLS(string name) => Assert.Equal("ok", (await results.NodeTls)[name]);

    [Theory]
    [MemberData(nameof(AllCases))]
    public async Task Python_over_clear_text(string name) => Assert.Equal("ok", (await results.Python)[name]);

    [Theory]
    [MemberData(nameof(AllCases))]
    public async Task Python_over_TLS(string name) => Assert.Equal("ok", (await results.PythonTls)[name]);

    public sealed class Results : IAsyncLifetime
    {
        private readonly TestCertificates _certificates = new();
        private WebApplication _plain = null!;
        private WebApplication _tls = null!;

        internal Task<IReadOnlyDictionary<string, string>> Node => field ??= RunAsync("node/client.js", _plain);

        internal Task<IReadOnlyDictionary<string, string>> NodeTls => field ??= RunAsync("node/client.js", _tls, TlsArguments);

        internal Task<IReadOnlyDictionary<string, string>> Python => field ??= RunAsync("python/client.py", _plain);

        internal Task<IReadOnlyDictionary<string, string>> PythonTls => field ??= RunAsync("python/client.py", _tls, TlsArguments);

        private string[] TlsArguments =>
            [
                "--host",
                "localhost",
                "--tls-ca",
                _certificates.AuthorityFile,
                "--tls-cert",
                _certificates.Certificate("client"),
                "--tls-key",
                _certificates.Key("client"),
            ];

        public async ValueTask InitializeAsync()
        {
            await NodePackages.InstallAsync();
            _plain = InteropHost.Build(new InteropServerOptions(0, null, null, null));
            await _plain.StartAsync();
            _tls = InteropHost.Build(
                new InteropServerOptions(0, _certificates.Certificate("server"), _certificates.Key("server"), _certificates.AuthorityFile)
            );
            await _tls.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _plain.DisposeAsync();
            await _tls.DisposeAsync();
            _certificates.Dispose();
        }

        private static async Task<IReadOnlyDictionary<string, string>> RunAsync(string script, WebApplication server, params string[] more)
        {
            await using var peer = PeerProcess.Start(script, ["--port", $"{InteropHost.PortOf(server)}", .. more]);
            return await peer.ReadResultsAsync();
        }
    }
}
