using System.Net;
using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Grpc.Tests.Server;

/// <summary>PROTOCOL-HTTP2.md and statuscodes.md, seen from a peer that makes mistakes.</summary>
public sealed class ProtocolTests
{
    private readonly ProbeService _probe = new();

    [Fact]
    public async Task A_unary_call_gets_one_message_and_its_status_in_trailers()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, WireClient.Request(32), ("content-type", "application/grpc+proto"));
        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(WireClient.Request(32).Payload, SimpleResponse.Parser.ParseFrom(Assert.Single(answer.Messages).Payload).Payload);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("text/application/grpc")]
    public async Task Another_content_type_is_415(string contentType)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, WireClient.Request(1), ("content-type", contentType));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/NoSuchMethod")]
    [InlineData("/grpc.testing.TestService/unarycall")]
    [InlineData("/grpc.testing.UnimplementedService/UnimplementedCall")]
    [InlineData("/grpc.testing.TestService/UnimplementedCall")]
    [InlineData("/nothing")]
    [InlineData("/a/b/c")]
    [InlineData("/")]
    public async Task An_unknown_method_or_service_is_UNIMPLEMENTED(string path)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(path, new Empty());
        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/NoSuchMethod")]
    [InlineData("/grpc.testing.TestService/unarycall")]
    public async Task Whoever_knows_more_of_an_unknown_method_says_it_in_trailers(string path)
    {
        await using var host = await GrpcHost.StartAsync(
            services => services.AddSingleton(_probe).AddGrpcRuntime().AddSingleton<IUnknownMethodMapper>(new Signpost()),
            app => app.MapGrpcService<ProbeService>()
        );
        using var client = host.CreateClient();
        var answer = await client.CallAsync(path, new Empty(), ("x-from", "a-b"));
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal((StatusCode.Unimplemented, $"{path} is elsewhere"), (answer.Status, answer.Message));
        Assert.Equal("a-b", answer.Header("x-to"));
    }

    [Fact]
    public async Task What_is_not_gRPC_keeps_its_own_404_and_endpoints()
    {
        await using var host = await GrpcHost.StartAsync(
            services => services.AddSingleton(_probe).AddGrpcRuntime(),
            app =>
            {
                app.MapGrpcService<ProbeService>();
                app.MapPost("/other", () => "other");
            }
        );
        using var client = host.CreateClient();
        Assert.Equal(HttpStatusCode.NotFound, (await client.CallAsync("/nothing", [], ("content-type", "text/plain"))).Http);
        using var other = await client.SendAsync("/other", new ByteArrayContent([]), [("content-type", "text/plain")]);
        Assert.Equal("other", await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HTTP_1_is_asked_to_upgrade()
    {
        await using var host = await GrpcHost.StartAsync(
            services => services.AddSingleton(_probe).AddGrpcRuntime(),
            app => app.MapGrpcService<ProbeService>(),
            listen: endpoint => endpoint.Protocols = HttpProtocols.Http1
        );
        using var client = new HttpClient();
        var content = new ByteArrayContent(WireClient.Frame(new Empty()));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        using var response = await client.PostAsync(
            new Uri(host.Address, ProbeService.Unary),
            content,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_encoding_is_UNIMPLEMENTED_and_told_which_there_are()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, WireClient.Frame([1], 1), ("grpc-encoding", "snappy"));
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip", answer.Header("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1x")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public async Task A_malformed_timeout_is_INTERNAL(string timeout)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.Unary, new Empty(), ("grpc-timeout", timeout))).Status);
    }

    [Theory]
    [InlineData(ProbeService.Unary, 0)]
    [InlineData(ProbeService.Unary, 2)]
    [InlineData(ProbeService.ServerStreaming, 0)]
    [InlineData(ProbeService.ServerStreaming, 2)]
    public async Task A_method_of_one_request_takes_exactly_one(string path, int requests)
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        byte[] body = [.. Enumerable.Range(0, requests).SelectMany(_ => WireClient.Frame(new Empty()))];
        Assert.Equal(StatusCode.Unimplemented, (await client.CallAsync(path, body)).Status);
    }

    [Fact]
    public async Task A_request_that_is_no_protobuf_is_INTERNAL()
    {
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.Unary, WireClient.Frame([0xFF, 0xFF]))).Status);
    }

    [Fact]
    public async Task Trailers_without_a_message_come_as_trailers_only()
    {
        _probe.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("why", "because");
            throw new RpcException(new Status(StatusCode.NotFound, "100% 無い"));
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.NotFound, answer.Status);
        Assert.Equal("100% 無い", answer.Message);
        Assert.Equal("100%25 %E7%84%A1%E3%81%84", answer.Trailer("grpc-message"));
        Assert.Equal("because", answer.Trailer("why"));
    }

    private sealed class Signpost : IUnknownMethodMapper
    {
        public RpcException Map(string method, IHeaderDictionary request) =>
            new(new Status(StatusCode.Unimplemented, $"{method} is elsewhere"), new Metadata { { "x-to", request["x-from"].ToString() } });
    }
}
