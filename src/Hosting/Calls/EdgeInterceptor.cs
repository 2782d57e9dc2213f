using System.Diagnostics;
using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using EContract.Hosting.Admission;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Hosting.Telemetry;
using EContract.Hsm;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.Calls;

/// <summary>
/// The edge of every call, on the wire and within the process: correlation id → caller → role → rates and places → handler → error
/// table → log and metrics. Messages are never logged: they hold PINs and one-time passwords.
/// </summary>
public sealed class EdgeInterceptor : Interceptor
{
    private readonly CallerRegistry _callers;
    private readonly RpcPolicy _policy;
    private readonly AdmissionControl _admission;
    private readonly ErrorMapper _errors;
    private readonly Lifetime.Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger<EdgeInterceptor> _logger;

    internal EdgeInterceptor(
        CallerRegistry callers,
        RpcPolicy policy,
        AdmissionControl admission,
        ErrorMapper errors,
        Lifetime.Readiness readiness,
        TimeProvider time,
        ILogger<EdgeInterceptor> logger
    )
    {
        (_callers, _policy, _admission, _errors, _readiness, _time, _logger) = (
            callers,
            policy,
            admission,
            errors,
            readiness,
            time,
            logger
        );
    }

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => Nothing(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => Nothing(continuation(requestStream, responseStream, context)));

    private static async Task<object?> Nothing(Task handler)
    {
        await handler;
        return null;
    }

    private async Task<T> ServeAsync<T>(ServerCallContext context, Func<Task<T>> handler)
    {
        var started = _time.GetTimestamp();
        var correlationId = CorrelationId.Enter(context);
        context.ResponseTrailers.Add(CorrelationId.Header, correlationId);
        Activity.Current?.SetTag("econtract.correlation_id", correlationId);
        string? callerName = null;
        try
        {
            var (caller, identity) = await IdentifyAsync(context);
            callerName = identity.Name;
            Authorize(identity, context.Method);
            var longLived = _policy.IsLongLived(context.Method);
            await _admission.EnterAsync(caller, context.Method, longLived, context.CancellationToken);
            try
            {
                context.SetCaller(identity);
                using var scope = _logger.BeginScope(
                    new Dictionary<string, object> { ["CorrelationId"] = correlationId, ["Caller"] = identity.Name }
                );
                using var priority = AmbientPriority.Enter(AdmissionControl.PriorityOf(identity));
                var answer = await handler();
                Report(context, callerName, correlationId, started, context.Status.StatusCode, null);
                return answer;
            }
            finally
            {
                _admission.Leave(caller, longLived);
            }
        }
        catch (Exception exception)
        {
            var error = _errors.Map(exception, context);
            Report(context, callerName, correlationId, started, error.StatusCode, RemoteFault.Find(error)?.Reason());
            throw error;
        }
    }

    private async ValueTask<(Caller Caller, CallerIdentity Identity)> IdentifyAsync(ServerCallContext context)
    {
        if (context.FindHttpContext() is not { } http)
        {
            var name =
                context.AuthContext.FindPropertiesByName(InProcessCaller.PropertyName).FirstOrDefault()?.Value
                ?? throw new ServiceException(Fault.CallerCertificateRequired, "The caller is not known.");
            var own = _callers.ResolveInternal(name);
            return (own, own.Identity);
        }

        // Calls that were accepted before the stop go on; new ones find another node.
        if (_readiness.IsStopping)
        {
            throw new ServiceException(Fault.Stopping, "The server is stopping.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        var certificate =
            http.Connection.ClientCertificate
            ?? throw new ServiceException(Fault.CallerCertificateRequired, "The connection carries no client certificate.");
        return await _callers.ResolveAsync(certificate, context.CancellationToken);
    }

    private void Authorize(CallerIdentity caller, string method)
    {
        if (!_policy.Admits(caller, method))
        {
            throw new ServiceException(
                Fault.RoleNotAdmitted,
                $"Caller '{caller.Name}' holds no role that {method} admits.",
                ("admitted_roles", string.Join(',', _policy.RolesOf(method).Select(role => role.Name())))
            );
        }
    }

    private void Report(ServerCallContext context, string? caller, string correlationId, long started, StatusCode status, string? reason)
    {
        var elapsed = _time.GetElapsedTime(started);
        CallMetrics.Record(context.Method, caller ?? "unknown", status, elapsed);
        var level = status switch
        {
            StatusCode.OK => LogLevel.Information,
            StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => LogLevel.Error,
            _ => LogLevel.Warning,
        };
        if (_logger.IsEnabled(level))
        {
            _logger.Log(
                level,
                "{Method} by {Caller}: {Status} {Reason} in {Milliseconds:0.0} ms [{CorrelationId}]",
                context.Method,
                caller ?? "unknown",
                status.ToString(),
                reason ?? "",
                elapsed.TotalMilliseconds,
                correlationId
            );
        }
    }
}
