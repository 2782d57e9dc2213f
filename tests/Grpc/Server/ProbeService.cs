using Grpc.Core;
using Grpc.Testing;

namespace EContract.Grpc.Tests.Server;

/// <summary>A service whose handlers a test writes.</summary>
public sealed class ProbeService : TestService.TestServiceBase
{
    public const string Unary = "/grpc.testing.TestService/UnaryCall";
    public const string ClientStreaming = "/grpc.testing.TestService/StreamingInputCall";
    public const string ServerStreaming = "/grpc.testing.TestService/StreamingOutputCall";
    public const string Duplex = "/grpc.testing.TestService/FullDuplexCall";

    public Func<SimpleRequest, ServerCallContext, Task<SimpleResponse>> OnUnary { get; set; } =
        (request, _) => Task.FromResult(new SimpleResponse { Payload = request.Payload });

    public Func<
        IAsyncStreamReader<StreamingInputCallRequest>,
        ServerCallContext,
        Task<StreamingInputCallResponse>
    > OnClientStreaming { get; set; } =
        async (requests, context) =>
        {
            var sum = 0;
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                sum += request.Payload?.Body.Length ?? 0;
            }

            return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
        };

    public Func<
        StreamingOutputCallRequest,
        IServerStreamWriter<StreamingOutputCallResponse>,
        ServerCallContext,
        Task
    > OnServerStreaming { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<
        IAsyncStreamReader<StreamingOutputCallRequest>,
        IServerStreamWriter<StreamingOutputCallResponse>,
        ServerCallContext,
        Task
    > OnDuplex { get; set; } =
        async (requests, responses, context) =>
        {
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                await responses.WriteAsync(new StreamingOutputCallResponse { Payload = request.Payload });
            }
        };

    public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => OnUnary(request, context);

    public override Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream,
        ServerCallContext context
    ) => OnClientStreaming(requestStream, context);

    public override Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    ) => OnServerStreaming(request, responseStream, context);

    public override Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    ) => OnDuplex(requestStream, responseStream, context);
}
