using EContract.Grpc.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Grpc.Tests.Server;

public sealed class ActivationTests
{
    [Theory]
    [InlineData(ServiceLifetime.Singleton, 1)]
    [InlineData(ServiceLifetime.Scoped, 3)]
    [InlineData(ServiceLifetime.Transient, 3)]
    [InlineData(null, 3)]
    public async Task A_service_lives_as_it_is_registered(ServiceLifetime? lifetime, int instances)
    {
        var counter = new Counter();
        await using (
            var host = await GrpcHost.StartAsync(
                services =>
                {
                    services.AddSingleton(counter).AddGrpcRuntime();
                    if (lifetime is { } known)
                    {
                        services.Add(new ServiceDescriptor(typeof(CountedService), typeof(CountedService), known));
                    }
                },
                app => app.MapGrpcService<CountedService>()
            )
        )
        {
            using var client = host.CreateClient();
            for (var call = 0; call < 3; call++)
            {
                Assert.Equal(StatusCode.OK, (await client.CallAsync(ProbeService.Unary, new Empty())).Status);
            }
        }

        Assert.Equal(instances, counter.Made);
        Assert.Equal(instances, counter.Disposed);
    }

    [Fact]
    public async Task Interceptors_run_in_order_around_every_kind_of_call()
    {
        var trace = new List<string>();
        await using var host = await GrpcHost.StartAsync(
            services =>
                services
                    .AddSingleton(trace)
                    .AddSingleton<ProbeService>()
                    .AddSingleton<SharedInterceptor>()
                    .AddGrpcRuntime(options =>
                    {
                        options.Interceptors.Add(new TracingInterceptor(trace, "first"));
                        options.Interceptors.Add<SharedInterceptor>();
                    })
                    .AddGrpcServiceOptions<ProbeService>(options => options.Interceptors.Add<TracingInterceptor>("own")),
            app => app.MapGrpcService<ProbeService>()
        );
        using var client = host.CreateClient();
        foreach (var path in new[] { ProbeService.Unary, ProbeService.ClientStreaming, ProbeService.ServerStreaming, ProbeService.Duplex })
        {
            trace.Clear();
            Assert.Equal(StatusCode.OK, (await client.CallAsync(path, new Empty())).Status);
            Assert.Equal(["first", "shared", "own", "own ended", "shared ended", "first ended"], trace);
        }
    }

    [Fact]
    public async Task An_interceptor_may_refuse()
    {
        var probe = new ProbeService();
        await using var host = await GrpcHost.StartAsync(probe, options => options.Interceptors.Add(new RefusingInterceptor()));
        using var client = host.CreateClient();
        Assert.Equal(StatusCode.PermissionDenied, (await client.CallAsync(ProbeService.Unary, new Empty())).Status);
    }

    [Fact]
    public async Task What_derives_from_no_generated_service_cannot_be_mapped() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            GrpcHost.StartAsync(services => services.AddGrpcRuntime(), app => app.MapGrpcService<Counter>())
        );

    public sealed class Counter
    {
        private int _made;
        private int _disposed;

        public int Made => _made;

        public int Disposed => _disposed;

        public void Make() => Interlocked.Increment(ref _made);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    public sealed class CountedService : TestService.TestServiceBase, IDisposable
    {
        private readonly Counter _counter;

        public CountedService(Counter counter)
        {
            _counter = counter;
            counter.Make();
        }

        public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) =>
            Task.FromResult(new SimpleResponse());

        public void Dispose() => _counter.Dispose();
    }

    public class TracingInterceptor(List<string> trace, string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        ) => TraceAsync(() => continuation(request, context));

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation
        ) => TraceAsync(() => continuation(requestStream, context));

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation
        ) => TraceAsync(() => NothingAsync(continuation(request, responseStream, context)));

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation
        ) => TraceAsync(() => NothingAsync(continuation(requestStream, responseStream, context)));

        private async Task<T> TraceAsync<T>(Func<Task<T>> run)
        {
            trace.Add(name);
            var result = await run();
            trace.Add($"{name} ended");
            return result;
        }

        private static async Task<int> NothingAsync(Task task)
        {
            await task;
            return 0;
        }
    }

    public sealed class SharedInterceptor(List<string> trace) : TracingInterceptor(trace, "shared");

    private sealed class RefusingInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        ) => throw new RpcException(new Status(StatusCode.PermissionDenied, "no"));
    }
}
