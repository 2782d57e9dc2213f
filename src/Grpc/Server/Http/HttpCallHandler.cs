using EContract.Grpc.Calls;
using EContract.Grpc.Server.Methods;
using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace EContract.Grpc.Server.Http;

/// <summary>Serves one method over HTTP/2. A subclass for each kind of call moves the messages.</summary>
internal abstract class HttpCallHandler<TRequest, TResponse>(BoundMethod<TRequest, TResponse> method, HttpCallServices services)
    where TRequest : class
    where TResponse : class
{
    // Kestrel's default for a whole body; larger messages, and streams, are bounded by message instead.
    private const int BodySizeLimit = 30_000_000 - MessagePrefix.Size;

    private readonly bool _unlimitedBody =
        IsRequestStream(method.Method.Type) || method.Options.MaxReceiveMessageSize is not { } limit || limit > BodySizeLimit;

    public Task HandleAsync(HttpContext http)
    {
        var request = http.Request;
        if (!HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
        {
            return HttpRefusals.WrongProtocolAsync(http);
        }

        if (!ProtocolHeaders.IsGrpcContentType(request.ContentType))
        {
            return HttpRefusals.WrongContentTypeAsync(http);
        }

        // Routing ignores case; gRPC does not.
        return request.Path.Value == method.Method.FullName ? RunAsync(http) : HttpRefusals.UnknownMethodAsync(http);
    }

    protected Marshaller<TRequest> RequestMarshaller { get; } = method.Method.RequestMarshaller;

    protected Marshaller<TResponse> ResponseMarshaller { get; } = method.Method.ResponseMarshaller;

    protected abstract Task InvokeAsync(HttpServerCallContext call);

    /// <summary>Reads the request of a method that takes one.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED: there is none or more than one.</exception>
    protected async ValueTask<TRequest> ReadSingleAsync(HttpServerCallContext call)
    {
        try
        {
            return await call.Reader.ReadSingleAsync(RequestMarshaller.ContextualDeserializer, call.ReadToken).ConfigureAwait(false);
        }
        catch (Exception e) when (call.TellsClientIsGone(e))
        {
            throw new OperationCanceledException("The client has ended the call.", e);
        }
    }

    /// <summary>Sends the response of a method that gives one.</summary>
    protected async ValueTask WriteSingleAsync(HttpServerCallContext call, TResponse? response)
    {
        await call.DrainWritesAsync().ConfigureAwait(false);
        if (response is null)
        {
            throw new RpcException(HandlerFaults.NoResponse);
        }

        if (call.Status.StatusCode == StatusCode.OK)
        {
            call.WriteSingle(response, ResponseMarshaller.ContextualSerializer);
        }
    }

    private async Task RunAsync(HttpContext http)
    {
        var call = new HttpServerCallContext(http, method, services);
        try
        {
            LiftBodyLimits(http);
            call.Start();
            await InvokeAsync(call).ConfigureAwait(false);
            await call.DrainWritesAsync().ConfigureAwait(false);
            call.End(call.IsDeadlineExceeded ? ExceptionTranslator.DeadlineExceeded : call.Status, null);
        }
        catch (Exception e)
        {
            await call.DrainWritesAsync().ConfigureAwait(false);
            var ended = services.Translator.Translate(e, call, method.Options.EnableDetailedErrors);
            call.End(ended.Status, ended.Trailers);
        }
        finally
        {
            await call.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void LiftBodyLimits(HttpContext http)
    {
        if (!_unlimitedBody)
        {
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        // A client may think as long as it likes between the messages of a stream.
        if (IsRequestStream(method.Method.Type) && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static bool IsRequestStream(MethodType type) => type is MethodType.ClientStreaming or MethodType.DuplexStreaming;
}
