using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class PeerIdentityTests
{
    [Fact]
    public async Task A_client_certificate_is_the_peer_s_identity()
    {
        AuthContext? seen = null;
        X509Certificate2? raw = null;
        var probe = new ProbeService
        {
            OnUnary = (_, context) =>
            {
                (seen, raw) = (context.AuthContext, context.GetHttpContext().Connection.ClientCertificate);
                return Task.FromResult(new SimpleResponse { Username = context.Peer });
            },
        };
        using var certificate = SelfSigned("CN=portal", "portal.bank.example");
        using var server = SelfSigned("CN=localhost", "localhost");
        await using var host = await GrpcHost.StartAsync(
            services => services.AddSingleton(probe).AddGrpcRuntime(),
            app => app.MapGrpcService<ProbeService>(),
            listen: endpoint =>
                endpoint.UseHttps(https =>
                {
                    https.ServerCertificate = server;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => shown.RawData.SequenceEqual(certificate.RawData);
                })
        );
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetRawCertData().SequenceEqual(server.RawData) == true,
            },
        };
        using var client = new WireClient(host.Address, handler);
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.StartsWith(
            "ipv4:127.0.0.1:",
            SimpleResponse.Parser.ParseFrom(answer.Messages[0].Payload).Username,
            StringComparison.Ordinal
        );
        Assert.NotNull(seen);
        Assert.True(seen.IsPeerAuthenticated);
        Assert.Equal("portal.bank.example", Assert.Single(seen.PeerIdentity).Value);
        Assert.Equal("portal", Assert.Single(seen.FindPropertiesByName("x509_common_name")).Value);
        Assert.Equal(certificate.RawData, raw!.RawData);
    }

    [Fact]
    public async Task Without_a_certificate_nobody_is_authenticated()
    {
        AuthContext? seen = null;
        var probe = new ProbeService
        {
            OnUnary = (_, context) =>
            {
                seen = context.AuthContext;
                return Task.FromResult(new SimpleResponse());
            },
        };
        await using var host = await GrpcHost.StartAsync(probe);
        using var client = host.CreateClient();
        await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.False(seen!.IsPeerAuthenticated);
        Assert.Empty(seen.Properties);
    }

    private static X509Certificate2 SelfSigned(string subject, string dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
