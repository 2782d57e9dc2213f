using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace EContract.Hosting.Calls;

/// <summary>Ties together the log lines, audit records and onward calls of one call. Flows with the asynchronous work.</summary>
public static class CorrelationId
{
    /// <summary>Request header by which a caller may give its own, and response header that tells it.</summary>
    public const string Header = "x-correlation-id";

    private const int MaxLength = 64;

    private static readonly AsyncLocal<string?> Flowing = new();

    /// <summary>Of the call being served; outside of one a fresh one for each read.</summary>
    public static string Current => Flowing.Value ?? New();

    /// <summary>Starts one for work that no caller asked for (a job, a timer).</summary>
    public static void Begin() => Flowing.Value = New();

    /// <summary>Takes over the caller's id if it is well formed (it ends up in logs), else makes one.</summary>
    internal static string Enter(ServerCallContext context) =>
        Enter(context.RequestHeaders.FirstOrDefault(entry => entry.Key == Header)?.Value);

    /// <inheritdoc cref="Enter(ServerCallContext)"/>
    internal static string Enter(string? given)
    {
        var id = given is not null && IsWellFormed(given) ? given : New();
        Flowing.Value = id;
        return id;
    }

    internal static bool IsWellFormed(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    /// <summary>Hands the current id on to the role that is called.</summary>
    public sealed class ClientInterceptor : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, WithId(context));

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, WithId(context));

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(WithId(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(WithId(context));

        private static ClientInterceptorContext<TRequest, TResponse> WithId<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context
        )
            where TRequest : class
            where TResponse : class
        {
            var headers = new Metadata { { Header, Current } };
            foreach (var entry in context.Options.Headers ?? [])
            {
                headers.Add(entry);
            }

            return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }
}
