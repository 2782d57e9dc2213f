using Google.Rpc;
using Grpc.Core;
using Grpc.Testing;
using Xunit;
using Status = Grpc.Core.Status;

namespace EContract.Grpc.Tests.Server;

public sealed class MetadataTests
{
    private readonly ProbeService _probe = new();

    [Fact]
    public async Task Metadata_travels_both_ways()
    {
        Metadata? seen = null;
        _probe.OnUnary = async (_, context) =>
        {
            seen = context.RequestHeaders;
            await context.WriteResponseHeadersAsync(new Metadata { { "initial", "one" }, { "initial-bin", [1, 2, 3, 4] } });
            context.ResponseTrailers.Add("trailing", "two");
            context.ResponseTrailers.Add("trailing-bin", [0xAB]);
            return new SimpleResponse();
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(
            ProbeService.Unary,
            new Empty(),
            ("X-Text", "a b"),
            ("X-Text", "c"),
            ("x-bytes-bin", "AQI"),
            ("grpc-timeout", "60S")
        );
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("one", answer.Header("initial"));
        Assert.Equal("AQIDBA", answer.Header("initial-bin"));
        Assert.Equal("two", answer.Trailer("trailing"));
        Assert.Equal("qw", answer.Trailer("trailing-bin"));

        Assert.NotNull(seen);
        Assert.Equal("a b, c", string.Join(", ", seen.GetAll("x-text").Select(entry => entry.Value)));
        Assert.Equal([1, 2], seen.GetValueBytes("x-bytes-bin"));
        Assert.DoesNotContain(
            seen,
            entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal) || entry.Key is "te" or "content-type"
        );
    }

    [Fact]
    public async Task Binary_metadata_that_is_no_base64_is_INTERNAL()
    {
        _probe.OnUnary = (_, context) => Task.FromResult(new SimpleResponse { Username = $"{context.RequestHeaders.Count}" });
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.Internal, (await client.CallAsync(ProbeService.Unary, new Empty(), ("x-bin", "!!"))).Status);
    }

    [Fact]
    public async Task Metadata_that_no_header_can_carry_ends_the_call_with_INTERNAL()
    {
        _probe.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("key", "line\r\nbreak: x");
            return Task.FromResult(new SimpleResponse());
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Null(answer.Trailer("break"));
    }

    [Fact]
    public async Task A_handler_cannot_fake_headers_of_the_protocol()
    {
        _probe.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("grpc-status", "7");
            return Task.FromResult(new SimpleResponse());
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.OK, (await client.CallAsync(ProbeService.Unary, new Empty())).Status);
    }

    [Fact]
    public async Task Headers_are_sent_once()
    {
        _probe.OnUnary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
            return new SimpleResponse();
        };
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.OK, (await client.CallAsync(ProbeService.Unary, new Empty())).Status);
    }

    [Fact]
    public async Task A_rich_status_travels_in_grpc_status_details_bin()
    {
        _probe.OnUnary = (_, _) =>
            throw new Google.Rpc.Status { Code = (int)StatusCode.FailedPrecondition, Message = "locked" }
                .WithDetail(
                    new ErrorInfo
                    {
                        Reason = "KEY_LOCKED",
                        Domain = "econtract",
                        Metadata = { ["key"] = "42" },
                    }
                )
                .WithDetail(new RequestInfo { RequestId = "r1" })
                .ToRpcException();
        await using var host = await GrpcHost.StartAsync(_probe);
        using var client = host.CreateClient();
        var answer = await client.CallAsync(ProbeService.Unary, new Empty());
        Assert.Equal(StatusCode.FailedPrecondition, answer.Status);
        Assert.Equal("locked", answer.Message);

        var details = answer.Trailer("grpc-status-details-bin")!;
        var trailers = new Metadata
        {
            { "grpc-status-details-bin", Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')) },
        };
        var status = new RpcException(new Status(answer.Status, answer.Message), trailers).GetRpcStatus();
        Assert.NotNull(status);
        Assert.Equal((int)StatusCode.FailedPrecondition, status.Code);
        Assert.Equal("KEY_LOCKED", status.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal("42", status.GetDetail<ErrorInfo>()!.Metadata["key"]);
        Assert.Equal("r1", status.GetDetail<RequestInfo>()!.RequestId);
        Assert.Null(status.GetDetail<RetryInfo>());
    }
}
