using System.IO.Pipelines;
using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EContract.Grpc.Server.Http;

/// <summary>
/// The response side. The handler and the deadline may both want to write, so whoever moves <see cref="_gate"/> away from Idle owns the
/// response; once Ended it stays so.
/// </summary>
internal sealed partial class HttpServerCallContext
{
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Ended = 2;

    // RFC 9113 §7
    private const int ResetCancel = 0x8;

    private int _gate;
    private MessageWriter? _writer;
    private bool _headersPrepared;
    private bool _begun;
    private bool _compress;
    private Task _lastWrite = Task.CompletedTask;

    /// <summary>Serializes one message into the response without flushing it. The caller owns the gate.</summary>
    private void Write<T>(T message, Action<T, SerializationContext> serializer, WriteOptions? options)
    {
        PrepareHeaders();
        var response = HttpContext.Response;
        if (_writer is null)
        {
            _writer = new MessageWriter();
            _writer.Start(response.BodyWriter, _method.Options.MaxSendMessageSize, _method.Options.CompressionLevel);
        }

        var flags = (options ?? WriteOptionsCore)?.Flags ?? WriteFlags.None;
        _writer.Write(message, serializer, _compress && !flags.HasFlag(WriteFlags.NoCompress));
        _begun = true;
    }

    /// <summary>Sends a message of a response stream; the task ends when the transport wants more.</summary>
    /// <exception cref="OperationCanceledException">The client is gone or the deadline has passed.</exception>
    public Task WriteAndFlushAsync<T>(
        T message,
        Action<T, SerializationContext> serializer,
        WriteOptions? options,
        CancellationToken cancellationToken
    ) => Remember(WriteStreamAsync(message, serializer, options, cancellationToken));

    /// <summary>Waits for a write that the handler began and did not await.</summary>
    public async ValueTask DrainWritesAsync()
    {
        if (!_lastWrite.IsCompleted)
        {
            await _lastWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteStreamAsync<T>(
        T message,
        Action<T, SerializationContext> serializer,
        WriteOptions? options,
        CancellationToken cancellationToken
    )
    {
        BeginWrite();
        try
        {
            using var linked = new CallToken(ReadToken, cancellationToken);
            linked.Token.ThrowIfCancellationRequested();
            Write(message, serializer, options);
            if ((options ?? WriteOptionsCore)?.Flags.HasFlag(WriteFlags.BufferHint) != true)
            {
                await FlushAsync(linked.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Puts the one response of the call into the response; the transport sends it together with the status.</summary>
    public void WriteSingle<T>(T message, Action<T, SerializationContext> serializer)
    {
        BeginWrite();
        try
        {
            Write(message, serializer, null);
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Takes the gate.</summary>
    /// <exception cref="InvalidOperationException">Another write is under way.</exception>
    /// <exception cref="OperationCanceledException">The call has been answered.</exception>
    private void BeginWrite()
    {
        switch (Interlocked.CompareExchange(ref _gate, Writing, Idle))
        {
            case Writing:
                throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
            case Ended:
                throw new OperationCanceledException("Can't write the message because the call is complete.");
        }
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return Remember(WriteHeadersAsync(responseHeaders));
    }

    private async Task WriteHeadersAsync(Metadata responseHeaders)
    {
        BeginWrite();
        try
        {
            if (_headersPrepared)
            {
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            }

            ChooseEncoding(responseHeaders.GetValue(ProtocolHeaders.EncodingRequest));
            _headersPrepared = true;
            HttpContext.Response.Headers.AppendMetadata(responseHeaders);
            _begun = true;
            await FlushAsync(ReadToken).ConfigureAwait(false);
        }
        finally
        {
            EndWrite();
        }
    }

    private Task Remember(Task write)
    {
        // A second write while one is under way has failed already and must not hide the first.
        if (_lastWrite.IsCompleted)
        {
            _lastWrite = write;
        }

        return write;
    }

    private void EndWrite()
    {
        Interlocked.CompareExchange(ref _gate, Idle, Writing);
        if (IsDeadlineExceeded)
        {
            AnswerDeadlineExceeded();
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var flush = HttpContext.Response.BodyWriter.FlushAsync(CancellationToken.None);
        var flushed =
            flush.IsCompleted || !cancellationToken.CanBeCanceled
                ? await flush.ConfigureAwait(false)
                : await WaitForClientAsync(flush.AsTask(), cancellationToken).ConfigureAwait(false);
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The client has ended the call.");
        }
    }

    private async Task<FlushResult> WaitForClientAsync(Task<FlushResult> flush, CancellationToken cancellationToken)
    {
        try
        {
            return await flush.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!flush.IsCompleted)
        {
            // The client does not read, so trailers would wait behind the data for ever: let go of both.
            Interlocked.Exchange(ref _gate, Ended);
            Reset(ResetCancel);
            await ((Task)flush).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private void Reset(int errorCode) => HttpContext.Features.Get<IHttpResetFeature>()?.Reset(errorCode);

    private void PrepareHeaders()
    {
        if (!_headersPrepared)
        {
            ChooseEncoding(null);
            _headersPrepared = true;
        }
    }

    private void ChooseEncoding(string? requested)
    {
        var response = HttpContext.Response;
        response.ContentType = ProtocolHeaders.ContentType;
        var wanted = requested is null ? _method.Options.CompressResponses : requested == ProtocolHeaders.Gzip;
        if (wanted && MessageEncodings.AcceptsGzip(HttpContext.Request.Headers.GrpcAcceptEncoding))
        {
            _compress = true;
            response.Headers.GrpcEncoding = ProtocolHeaders.Gzip;
        }
    }
}
