using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace EContract.Interop.Tests.Cases;

/// <summary>
/// The official interoperability cases with our client (grpc/doc/interop-test-descriptions.md). Where a case looks at compression on
/// the wire, <see cref="ResponseFlags"/> saw it.
/// </summary>
internal sealed class InteropCases(CallInvoker invoker, ResponseFlags? flags)
{
    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };
    private static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];
    private static readonly int[] RequestSizes = [27182, 8, 1828, 45904];

    private readonly TestService.TestServiceClient _client = new(invoker);

    public static IReadOnlyDictionary<string, Func<InteropCases, Task>> All { get; } =
        new Dictionary<string, Func<InteropCases, Task>>
        {
            ["empty_unary"] = cases => cases.EmptyUnary(),
            ["large_unary"] = cases => cases.LargeUnary(),
            ["client_compressed_unary"] = cases => cases.ClientCompressedUnary(),
            ["server_compressed_unary"] = cases => cases.ServerCompressedUnary(),
            ["client_streaming"] = cases => cases.ClientStreaming(),
            ["client_compressed_streaming"] = cases => cases.ClientCompressedStreaming(),
            ["server_streaming"] = cases => cases.ServerStreaming(),
            ["server_compressed_streaming"] = cases => cases.ServerCompressedStreaming(),
            ["ping_pong"] = cases => cases.PingPong(),
            ["empty_stream"] = cases => cases.EmptyStream(),
            ["timeout_on_sleeping_server"] = cases => cases.TimeoutOnSleepingServer(),
            ["cancel_after_begin"] = cases => cases.CancelAfterBegin(),
            ["cancel_after_first_response"] = cases => cases.CancelAfterFirstResponse(),
            ["custom_metadata"] = cases => cases.CustomMetadata(),
            ["status_code_and_message"] = cases => cases.StatusCodeAndMessage(),
            ["special_status_message"] = cases => cases.SpecialStatusMessage(),
            ["unimplemented_method"] = cases => cases.UnimplementedMethod(),
            ["unimplemented_service"] = cases => cases.UnimplementedService(),
        };

    public static TheoryData<string> Names(params string[] without) => [.. All.Keys.Except(without)];

    private async Task EmptyUnary() => Assert.Equal(new Empty(), await _client.EmptyCallAsync(new Empty()));

    private async Task LargeUnary()
    {
        var response = await _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = Zeros(271828) });
        Assert.Equal(Zeros(314159), response.Payload);
    }

    private async Task ClientCompressedUnary()
    {
        var request = new SimpleRequest
        {
            ExpectCompressed = new BoolValue { Value = true },
            ResponseSize = 314159,
            Payload = Zeros(271828),
        };

        // The probe: does the server look at all?
        await ThrowsAsync(StatusCode.InvalidArgument, async () => await _client.UnaryCallAsync(request));
        Assert.Equal(314159, (await _client.UnaryCallAsync(request, Gzip)).Payload.Body.Length);

        request.ExpectCompressed.Value = false;
        var uncompressed = new CallOptions(Gzip, writeOptions: new WriteOptions(WriteFlags.NoCompress));
        Assert.Equal(314159, (await _client.UnaryCallAsync(request, uncompressed)).Payload.Body.Length);
    }

    private async Task ServerCompressedUnary()
    {
        foreach (var compressed in new[] { true, false })
        {
            flags!.Clear();
            var response = await _client.UnaryCallAsync(
                new SimpleRequest
                {
                    ResponseCompressed = new BoolValue { Value = compressed },
                    ResponseSize = 314159,
                    Payload = Zeros(271828),
                }
            );
            Assert.Equal(Zeros(314159), response.Payload);
            Assert.Equal([compressed], flags.Seen);
        }
    }

    private async Task ClientStreaming()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in RequestSizes)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call).AggregatedPayloadSize);
    }

    private async Task ClientCompressedStreaming()
    {
        using (var probe = _client.StreamingInputCall(Gzip))
        {
            probe.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            await probe.RequestStream.WriteAsync(Request(true, 27182));
            await probe.RequestStream.CompleteAsync();
            await ThrowsAsync(StatusCode.InvalidArgument, async () => await probe);
        }

        using var call = _client.StreamingInputCall(Gzip);
        await call.RequestStream.WriteAsync(Request(true, 27182));
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(Request(false, 45904));
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73086, (await call).AggregatedPayloadSize);

        static StreamingInputCallRequest Request(bool compressed, int size) =>
            new()
            {
                ExpectCompressed = new BoolValue { Value = compressed },
                Payload = Zeros(size),
            };
    }

    private async Task ServerStreaming()
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(ResponseSizes.Select(size => new ResponseParameters { Size = size }));
        using var call = _client.StreamingOutputCall(request);
        Assert.Equal(ResponseSizes, await SizesAsync(call.ResponseStream));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task ServerCompressedStreaming()
    {
        flags!.Clear();
        var request = new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters
                {
                    Compressed = new BoolValue { Value = true },
                    Size = 31415,
                },
                new ResponseParameters
                {
                    Compressed = new BoolValue { Value = false },
                    Size = 92653,
                },
            },
        };
        using var call = _client.StreamingOutputCall(request);
        Assert.Equal([31415, 92653], await SizesAsync(call.ResponseStream));
        Assert.Equal([true, false], flags.Seen);
    }

    private async Task PingPong()
    {
        using var call = _client.FullDuplexCall();
        foreach (var (requestSize, responseSize) in RequestSizes.Zip(ResponseSizes))
        {
            await call.RequestStream.WriteAsync(Request(responseSize, Zeros(requestSize)));
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(Zeros(responseSize), call.ResponseStream.Current.Payload);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task EmptyStream()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private async Task TimeoutOnSleepingServer()
    {
        using var call = _client.FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(1));
        try
        {
            var request = Request(31415, Zeros(27182));
            request.ResponseParameters[0].IntervalUs = 2_000_000;
            await call.RequestStream.WriteAsync(request);
        }
        catch (RpcException)
        {
            // The deadline may pass before the request is out.
        }

        await ThrowsAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
    }

    private async Task CancelAfterBegin()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await ThrowsAsync(StatusCode.Cancelled, async () => await call);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    private async Task CancelAfterFirstResponse()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(Request(31415, Zeros(27182)));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await cancel.CancelAsync();
        await ThrowsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    private async Task CustomMetadata()
    {
        var metadata = new Metadata { { EchoInitial, "test_initial_metadata_value" }, { EchoTrailing, [0xab, 0xab, 0xab] } };
        using (var call = _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = Zeros(271828) }, metadata))
        {
            await call;
            Check(await call.ResponseHeadersAsync, call.GetTrailers());
        }

        using var stream = _client.FullDuplexCall(metadata);
        await stream.RequestStream.WriteAsync(Request(314159, Zeros(271828)));
        await stream.RequestStream.CompleteAsync();
        Assert.Equal([314159], await SizesAsync(stream.ResponseStream));
        Check(await stream.ResponseHeadersAsync, stream.GetTrailers());

        static void Check(Metadata headers, Metadata trailers)
        {
            Assert.Equal("test_initial_metadata_value", headers.GetValue(EchoInitial));
            Assert.Equal([0xab, 0xab, 0xab], trailers.GetValueBytes(EchoTrailing)!);
        }
    }

    private async Task StatusCodeAndMessage()
    {
        var status = new EchoStatus { Code = 2, Message = "test status message" };
        await ThrowsAsync(
            StatusCode.Unknown,
            async () => await _client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }),
            status.Message
        );

        using var call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await call.RequestStream.CompleteAsync();
        await ThrowsAsync(StatusCode.Unknown, () => call.ResponseStream.MoveNext(CancellationToken.None), status.Message);
    }

    private async Task SpecialStatusMessage()
    {
        const string message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
        var request = new SimpleRequest
        {
            ResponseStatus = new EchoStatus { Code = 2, Message = message },
        };
        await ThrowsAsync(StatusCode.Unknown, async () => await _client.UnaryCallAsync(request), message);
    }

    private async Task UnimplementedMethod() =>
        await ThrowsAsync(StatusCode.Unimplemented, async () => await _client.UnimplementedCallAsync(new Empty()));

    private async Task UnimplementedService() =>
        await ThrowsAsync(
            StatusCode.Unimplemented,
            async () => await new UnimplementedService.UnimplementedServiceClient(invoker).UnimplementedCallAsync(new Empty())
        );

    private static async Task ThrowsAsync(StatusCode expected, Func<Task> call, string? detail = null)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(expected, failure.StatusCode);
        if (detail is not null)
        {
            Assert.Equal(detail, failure.Status.Detail);
        }
    }

    private static async Task<List<int>> SizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        while (await responses.MoveNext(CancellationToken.None))
        {
            Assert.Equal(Zeros(responses.Current.Payload.Body.Length), responses.Current.Payload);
            sizes.Add(responses.Current.Payload.Body.Length);
        }

        return sizes;
    }

    private static StreamingOutputCallRequest Request(int responseSize, Payload payload) =>
        new() { ResponseParameters = { new ResponseParameters { Size = responseSize } }, Payload = payload };

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
