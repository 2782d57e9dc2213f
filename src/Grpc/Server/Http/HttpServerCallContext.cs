using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EContract.Grpc.Server.Methods;
using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server.Http;

/// <summary>A call that came over HTTP/2: its metadata, deadline and messages. Lives as long as the request.</summary>
internal sealed partial class HttpServerCallContext : RuntimeServerCallContext, IAsyncDisposable
{
    private readonly BoundMethod _method;
    private readonly HttpCallServices _services;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private CallDeadline? _deadline;
    private volatile bool _isClientGone;

    public HttpServerCallContext(HttpContext httpContext, BoundMethod method, HttpCallServices services)
    {
        HttpContext = httpContext;
        _method = method;
        _services = services;
    }

    public HttpContext HttpContext { get; }

    public MessageReader Reader { get; } = new();

    public override IServiceProvider Services => HttpContext.RequestServices;

    public override bool IsDeadlineExceeded => _deadline is { IsExceeded: true };

    public override bool IsCancelled => _isClientGone || HttpContext.RequestAborted.IsCancellationRequested;

    public override bool IsRequestCompressed => Reader.LastWasCompressed;

    protected override string MethodCore => _method.Description.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore
    {
        get
        {
            var connection = HttpContext.Connection;
            return connection.RemoteIpAddress switch
            {
                null => "unknown",
                { IsIPv4MappedToIPv6: true } mapped => Peer("ipv4", mapped.MapToIPv4().ToString()),
                { AddressFamily: AddressFamily.InterNetworkV6 } v6 => Peer("ipv6", $"[{v6}]"),
                var v4 => Peer("ipv4", v4.ToString()),
            };

            string Peer(string scheme, string address) =>
                string.Create(CultureInfo.InvariantCulture, $"{scheme}:{address}:{connection.RemotePort}");
        }
    }

    protected override DateTime DeadlineCore => _deadline?.Utc ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders();

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? HttpContext.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore =>
        _authContext ??= PeerCertificate.ToAuthContext(HttpContext.Connection.ClientCertificate);

    /// <summary>Token for reading the body: the transport itself ends reads when the client goes away.</summary>
    public CancellationToken ReadToken => _deadline?.Token ?? CancellationToken.None;

    /// <summary>
    /// Whether a read failed because the client is gone. The transport ends the body before it cancels the request's token, so this
    /// remembers what the token does not tell yet.
    /// </summary>
    public bool TellsClientIsGone(Exception readFailure) =>
        readFailure is ConnectionAbortedException or IOException and not BadHttpRequestException && (_isClientGone = true);

    /// <summary>Takes what the request headers say about the call.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED: encoding unknown; INTERNAL: timeout malformed.</exception>
    public void Start()
    {
        var headers = HttpContext.Request.Headers;
        if (!MessageEncodings.TryParse(headers.GrpcEncoding, out var encoding))
        {
            HttpContext.Response.Headers.GrpcAcceptEncoding = ProtocolHeaders.AcceptedEncodings;
            throw new RpcException(
                new Status(
                    StatusCode.Unimplemented,
                    $"Encoding '{headers.GrpcEncoding}' is not supported; see {ProtocolHeaders.AcceptEncoding}"
                )
            );
        }

        Reader.Start(HttpContext.Request.BodyReader, _method.Options.MaxReceiveMessageSize, encoding);
        string? timeout = headers.GrpcTimeout;
        if (timeout is not null)
        {
            if (!GrpcTimeout.TryParse(timeout, out var duration))
            {
                throw new RpcException(new Status(StatusCode.Internal, $"Malformed {ProtocolHeaders.Timeout}"));
            }

            _deadline = new CallDeadline(this, duration, _services.Time);
            _deadline.Start();
        }
    }

    /// <summary>Ends the watch over the deadline: nothing touches the response after this.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        if (_deadline is not null)
        {
            await _deadline.DisposeAsync().ConfigureAwait(false);
            await _earlyAnswer.ConfigureAwait(false);
        }
    }

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in HttpContext.Request.Headers)
        {
            if (MetadataCodec.IsProtocol(name))
            {
                continue;
            }

            var lower = name.ToLowerInvariant();
            foreach (var value in values)
            {
                if (!MetadataCodec.TryAppend(metadata, lower, value ?? ""))
                {
                    throw new RpcException(new Status(StatusCode.Internal, $"Metadata {lower} is not base64"));
                }
            }
        }

        return metadata;
    }
}
