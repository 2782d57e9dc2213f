using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using EContract.Interop.Tests.Probe;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using static EContract.Interop.Tests.InProcess.InProcessFixture;

namespace EContract.Interop.Tests.InProcess;

public sealed class InProcessBindingTests
{
    [Fact]
    public async Task A_generated_service_is_served_by_one_instance()
    {
        var server = new InProcessServer().AddService(new CountingHealth());
        using var channel = server.CreateChannel(new InProcessCaller("tester"));
        var client = new Health.HealthClient(channel);

        Assert.Equal(1, (int)(await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(2, (int)(await client.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task A_service_type_is_served_by_an_instance_per_call_that_is_disposed_of_after_it()
    {
        var disposals = new Disposals();
        await using var services = new ServiceCollection().AddSingleton(disposals).BuildServiceProvider();
        var server = new InProcessServer().AddService<CountingHealth>(services);
        using var channel = server.CreateChannel(new InProcessCaller("tester"));
        var client = new Health.HealthClient(channel);

        Assert.Equal(1, (int)(await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(1, (int)(await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(2, disposals.Count);

        using var watch = client.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.False(await watch.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_service_registered_as_scoped_comes_from_the_scope_of_the_call()
    {
        var disposals = new Disposals();
        await using var services = new ServiceCollection().AddSingleton(disposals).AddScoped<CountingHealth>().BuildServiceProvider();
        var server = new InProcessServer().AddService<CountingHealth>(services);
        using var channel = server.CreateChannel(new InProcessCaller("tester"));

        await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());

        Assert.Equal(1, disposals.Count);
    }

    [Fact]
    public void What_is_no_generated_service_and_what_is_served_already_is_refused()
    {
        var server = new InProcessServer().AddService(new CountingHealth());

        Assert.Throws<ArgumentException>(() => server.AddService(new object()));
        Assert.Throws<System.Reflection.TargetInvocationException>(() => server.AddService(new CountingHealth()));
    }

    [Fact]
    public async Task Interceptors_stand_around_each_kind_of_handler_the_first_outermost()
    {
        var seen = new List<string>();
        var invoker = Serve(
            builder =>
                builder
                    .AddMethod(ProbeMethods.Unary, new UnaryServerMethod<BytesValue, BytesValue>((request, _) => Task.FromResult(request)))
                    .AddMethod(
                        ProbeMethods.ClientStreaming,
                        new ClientStreamingServerMethod<BytesValue, BytesValue>((_, _) => Task.FromResult(new BytesValue()))
                    )
                    .AddMethod(
                        ProbeMethods.ServerStreaming,
                        new ServerStreamingServerMethod<BytesValue, BytesValue>((_, _, _) => Task.CompletedTask)
                    )
                    .AddMethod(
                        ProbeMethods.Duplex,
                        new DuplexStreamingServerMethod<BytesValue, BytesValue>((_, _, _) => Task.CompletedTask)
                    ),
            null,
            new Recorder("a", seen),
            new Recorder("b", seen)
        );

        await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, new BytesValue());
        await invoker.AsyncClientStreamingCall(ProbeMethods.ClientStreaming, null, default);
        await invoker
            .AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, new BytesValue())
            .ResponseStream.MoveNext(CancellationToken.None);
        await invoker.AsyncDuplexStreamingCall(ProbeMethods.Duplex, null, default).ResponseStream.MoveNext(CancellationToken.None);

        Assert.Equal(
            [
                "a Unary",
                "b Unary",
                "a ClientStreaming",
                "b ClientStreaming",
                "a ServerStreaming",
                "b ServerStreaming",
                "a Duplex",
                "b Duplex",
            ],
            seen
        );
    }

    [Fact]
    public async Task Client_interceptors_work_as_on_any_channel()
    {
        var server = ServerOf(builder =>
            builder.AddMethod(
                ProbeMethods.Unary,
                new UnaryServerMethod<BytesValue, BytesValue>(
                    (_, context) => Task.FromResult(ProbeMethods.Message(context.RequestHeaders.GetValue("added")!))
                )
            )
        );
        using var channel = server.CreateChannel(new InProcessCaller("tester"));
        var invoker = channel.Intercept(metadata =>
        {
            metadata.Add("added", "yes");
            return metadata;
        });

        Assert.Equal("yes", (await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, new BytesValue())).Text());
    }

    [Fact]
    public async Task Exceptions_that_a_mapper_knows_get_its_status_as_on_the_wire()
    {
        var options = new InProcessServerOptions { ExceptionMappers = { new TimeoutMapper() } };
        var failing = new UnaryServerMethod<BytesValue, BytesValue>((_, _) => throw new TimeoutException("secret"));
        var server = new InProcessServer(options).AddService(
            ServerServiceDefinition.CreateBuilder().AddMethod(ProbeMethods.Unary, failing).Build()
        );
        using var channel = server.CreateChannel(new InProcessCaller("tester"));

        var failure = await ThrowsRpcAsync(
            StatusCode.Unavailable,
            async () => await channel.CreateCallInvoker().AsyncUnaryCall(ProbeMethods.Unary, null, default, new BytesValue())
        );

        Assert.Equal("try later", failure.Status.Detail);
        Assert.Equal("5", failure.Trailers.GetValue("retry-after"));
    }

    private sealed class TimeoutMapper : IRpcExceptionMapper
    {
        public RpcException? Map(Exception exception, ServerCallContext context) =>
            exception is TimeoutException
                ? new RpcException(new Status(StatusCode.Unavailable, "try later"), new Metadata { { "retry-after", "5" } })
                : null;
    }

    private sealed class Disposals
    {
        public int Count { get; set; }
    }

    private sealed class CountingHealth(Disposals? disposals = null) : Health.HealthBase, IDisposable
    {
        private int _calls;

        public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
            Task.FromResult(new HealthCheckResponse { Status = (HealthCheckResponse.Types.ServingStatus)(++_calls) });

        public override Task Watch(
            HealthCheckRequest request,
            IServerStreamWriter<HealthCheckResponse> responseStream,
            ServerCallContext context
        ) => responseStream.WriteAsync(new HealthCheckResponse());

        public void Dispose()
        {
            if (disposals is not null)
            {
                disposals.Count++;
            }
        }
    }

    private sealed class Recorder(string name, List<string> seen) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        )
        {
            Record(context);
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation
        )
        {
            Record(context);
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation
        )
        {
            Record(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation
        )
        {
            Record(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Record(ServerCallContext context) => seen.Add($"{name} {context.Method.Split('/')[^1]}");
    }
}
