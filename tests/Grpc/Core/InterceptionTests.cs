using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Core;

public sealed class InterceptionTests
{
    private readonly RecordingInvoker _invoker = new();

    [Fact]
    public void The_first_interceptor_is_the_outermost_for_every_kind_of_call()
    {
        var intercepted = _invoker.Intercept(new Marking("first"), new Marking("second"));
        var client = new TestService.TestServiceClient(intercepted);
        client.UnaryCall(new SimpleRequest());
        client.UnaryCallAsync(new SimpleRequest());
        client.StreamingOutputCall(new StreamingOutputCallRequest());
        client.StreamingInputCall();
        client.FullDuplexCall();
        Assert.Equal(
            ["first,second", "first,second", "first,second", "first,second", "first,second"],
            _invoker.Calls.Select(call => call.Marks)
        );
        Assert.Equal(
            ["UnaryCall", "UnaryCall", "StreamingOutputCall", "StreamingInputCall", "FullDuplexCall"],
            _invoker.Calls.Select(call => call.Method)
        );
    }

    [Fact]
    public void A_client_may_be_cloned_for_another_host()
    {
        var client = new TestService.TestServiceClient(_invoker).WithHost("elsewhere");
        client.UnaryCall(new SimpleRequest());
        client.FullDuplexCall();
        Assert.Equal(["elsewhere", "elsewhere"], _invoker.Calls.Select(call => call.Host));
    }

    [Fact]
    public void Headers_can_be_changed_by_a_function()
    {
        var client = new TestService.TestServiceClient(
            _invoker.Intercept(headers =>
            {
                headers.Add("mark", "function");
                return headers;
            })
        );
        client.UnaryCall(new SimpleRequest());
        Assert.Equal("function", Assert.Single(_invoker.Calls).Marks);
    }

    private sealed class Marking(string name) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, Mark(context));

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, Mark(context));

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, Mark(context));

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(Mark(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(Mark(context));

        private ClientInterceptorContext<TRequest, TResponse> Mark<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context
        )
            where TRequest : class
            where TResponse : class
        {
            var headers = new Metadata();
            foreach (var entry in context.Options.Headers ?? [])
            {
                headers.Add(entry);
            }

            headers.Add("mark", name);
            return new(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }

    private sealed class RecordingInvoker : CallInvoker
    {
        public List<(string Method, string? Host, string Marks)> Calls { get; } = [];

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        )
        {
            Record(method, host, options);
            return null!;
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        )
        {
            Record(method, host, options);
            return null!;
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        )
        {
            Record(method, host, options);
            return null!;
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options
        )
        {
            Record(method, host, options);
            return null!;
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options
        )
        {
            Record(method, host, options);
            return null!;
        }

        private void Record(IMethod method, string? host, CallOptions options) =>
            Calls.Add((method.Name, host, string.Join(",", options.Headers?.GetAll("mark").Select(entry => entry.Value) ?? [])));
    }
}
