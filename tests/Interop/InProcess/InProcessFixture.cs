using EContract.Grpc.InProcess;
using EContract.Interop.Tests.Probe;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace EContract.Interop.Tests.InProcess;

/// <summary>An in-process server with one handler, and the invoker of a caller named <c>tester</c>.</summary>
internal static class InProcessFixture
{
    public static CallInvoker Unary(UnaryServerMethod<BytesValue, BytesValue> handler, TimeProvider? time = null) =>
        Serve(builder => builder.AddMethod(ProbeMethods.Unary, handler), time);

    public static CallInvoker ClientStreaming(ClientStreamingServerMethod<BytesValue, BytesValue> handler) =>
        Serve(builder => builder.AddMethod(ProbeMethods.ClientStreaming, handler));

    public static CallInvoker ServerStreaming(ServerStreamingServerMethod<BytesValue, BytesValue> handler, TimeProvider? time = null) =>
        Serve(builder => builder.AddMethod(ProbeMethods.ServerStreaming, handler), time);

    public static CallInvoker Duplex(DuplexStreamingServerMethod<BytesValue, BytesValue> handler) =>
        Serve(builder => builder.AddMethod(ProbeMethods.Duplex, handler));

    public static CallInvoker Serve(
        Action<ServerServiceDefinition.Builder> methods,
        TimeProvider? time = null,
        params Interceptor[] interceptors
    ) => ServerOf(methods, time, interceptors).CreateChannel(new InProcessCaller("tester")).CreateCallInvoker();

    public static InProcessServer ServerOf(
        Action<ServerServiceDefinition.Builder> methods,
        TimeProvider? time = null,
        params Interceptor[] interceptors
    )
    {
        var options = new InProcessServerOptions { Time = time ?? TimeProvider.System, BufferedMessages = 2 };
        foreach (var interceptor in interceptors)
        {
            options.Interceptors.Add(interceptor);
        }

        var builder = ServerServiceDefinition.CreateBuilder();
        methods(builder);
        return new InProcessServer(options).AddService(builder.Build());
    }

    public static async Task<RpcException> ThrowsRpcAsync(StatusCode expected, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(expected, failure.StatusCode);
        return failure;
    }
}
