using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class CompressionTests
{
    private readonly ProbeService _probe = new();

    [Theory]
    [InlineData("gzip", "deflate, gzip", true)]
    [InlineData("gzip", "identity", false)]
    [InlineData("gzip", null, false)]
    [InlineData(null, "gzip", false)]
    public async Task Responses_are_compressed_for_clients_that_accept_it(string? configured, string? accepted, bool compressed)
    {
        await using var host = await GrpcHost.StartAsync(_probe, options => options.ResponseCompressionAlgorithm = configured);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(
            ProbeService.Unary,
            WireClient.Request(1000),
            accepted is null ? [] : [("grpc-accept-encoding", accepted)]
        );
        var (flag, payload) = Assert.Single(answer.Messages);
        Assert.Equal(compressed, flag == 1);
        Assert.Equal(compressed, payload.Length < 1000);
        Assert.Equal(compressed ? "gzip" : null, answer.Header("grpc-encoding"));
    }

    [Fact]
    public async Task A_message_may_stay_uncompressed_in_a_compressed_call()
    {
        _probe.OnServerStreaming = async (_, responses, _) =>
        {
            var message = new StreamingOutputCallResponse { Payload = WireClient.Request(500).Payload };
            await responses.WriteAsync(message);
            responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress | WriteFlags.BufferHint);
            await responses.WriteAsync(message);
        };
        await using var host = await GrpcHost.StartAsync(_probe, options => options.ResponseCompressionAlgorithm = "gzip");
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.ServerStreaming, new Empty(), ("grpc-accept-encoding", "gzip"));
        Assert.Equal([1, 0], answer.Messages.Select(message => (int)message.Flag));
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task The_handler_may_ask_whether_a_request_came_compressed()
    {
        _probe.OnUnary = (request, context) =>
            Task.FromResult(new SimpleResponse { Username = $"{context.IsRequestCompressed()} {request.Payload.Body.Length}" });
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var compressed = WireClient.Frame(WireClient.Gzip(Google.Protobuf.MessageExtensions.ToByteArray(WireClient.Request(9000))), 1);
        var answer = await client.CallAsync(ProbeService.Unary, compressed, ("grpc-encoding", "gzip"));
        Assert.Equal("True 9000", SimpleResponse.Parser.ParseFrom(answer.Messages[0].Payload).Username);
        answer = await client.CallAsync(ProbeService.Unary, WireClient.Request(8000), ("grpc-encoding", "gzip"));
        Assert.Equal("False 8000", SimpleResponse.Parser.ParseFrom(answer.Messages[0].Payload).Username);
    }

    [Fact]
    public async Task An_algorithm_that_we_do_not_have_is_refused_at_start() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            GrpcHost.StartAsync(_probe, options => options.ResponseCompressionAlgorithm = "br")
        );
}
