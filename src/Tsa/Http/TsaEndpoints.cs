using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using EContract.Hosting.Clock;
using EContract.Tsa.Requests;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace EContract.Tsa.Http;

/// <summary>
/// RFC 3161 §3.4: a query in a POST, the answer in its response. A refusal of the protocol is an answer (200); only what is wrong
/// with HTTP itself is an HTTP error: the media type (415), a body beyond the limit (413), overload (429, with the TimeStampResp).
/// </summary>
internal sealed class TsaEndpoints(TimestampAuthority authority, TsuDirectory directory, IProvenClock clock, int maxQueryBytes)
{
    public const string QueryType = "application/timestamp-query";
    public const string ReplyType = "application/timestamp-reply";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (TsuListener listener in directory.Listeners)
        {
            Map(routes, listener);
        }
    }

    private void Map(IEndpointRouteBuilder routes, TsuListener listener)
    {
        byte[] about = Encoding.UTF8.GetBytes(TsaDescription.Of(listener, clock.Basis));
        routes.MapPost(listener.Path, context => PostAsync(context, listener));
        routes.MapGet(
            listener.Path,
            context =>
            {
                context.Response.ContentType = "text/plain; charset=utf-8";
                context.Response.ContentLength = about.Length;
                return context.Response.Body.WriteAsync(about, context.RequestAborted).AsTask();
            }
        );
    }

    private Task PostAsync(HttpContext context, TsuListener listener)
    {
        if (!IsQuery(context.Request.ContentType))
        {
            return RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, $"The media type of a query is {QueryType}.");
        }

        // Early: before the first octet of the body is read.
        if (context.Request.ContentLength > maxQueryBytes)
        {
            return TooLargeAsync(context);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxQueryBytes;
        }

        PipeReader reader = context.Request.BodyReader;
        if (reader.TryRead(out ReadResult read))
        {
            if (read.IsCompleted)
            {
                return AnswerAtOnceAsync(context, listener, reader, read.Buffer);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        return ReadAsync(context, listener, reader);
    }

    /// <summary>The usual case: the whole query is there, in one piece, and a turn is free.</summary>
    private Task AnswerAtOnceAsync(HttpContext context, TsuListener listener, PipeReader reader, ReadOnlySequence<byte> body)
    {
        if (!body.IsSingleSegment || !authority.TryAnswer(body.FirstSpan, listener, out TimestampAnswer answer))
        {
            return AnswerAsync(context, listener, reader, body);
        }

        reader.AdvanceTo(body.End);
        return WriteAsync(context, answer);
    }

    private async Task ReadAsync(HttpContext context, TsuListener listener, PipeReader reader)
    {
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(context.RequestAborted);
                if (read.Buffer.Length > maxQueryBytes)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    break;
                }

                if (read.IsCompleted)
                {
                    await AnswerAsync(context, listener, reader, read.Buffer);
                    return;
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // a chunked body that grew beyond the limit
        }

        await TooLargeAsync(context);
    }

    private async Task AnswerAsync(HttpContext context, TsuListener listener, PipeReader reader, ReadOnlySequence<byte> body)
    {
        byte[]? copy = null;
        try
        {
            ReadOnlyMemory<byte> query = body.First;
            if (!body.IsSingleSegment)
            {
                int length = (int)body.Length;
                copy = ArrayPool<byte>.Shared.Rent(length);
                body.CopyTo(copy);
                query = copy.AsMemory(0, length);
            }

            TimestampAnswer answer = await authority.AnswerAsync(query, listener, context.RequestAborted);
            reader.AdvanceTo(body.End);
            await WriteAsync(context, answer);
        }
        finally
        {
            if (copy is not null)
            {
                ArrayPool<byte>.Shared.Return(copy);
            }
        }
    }

    // Without RequestAborted: Kestrel makes a source for it per request that asks, and a write to a closed connection ends anyhow.
    private static async Task WriteAsync(HttpContext context, TimestampAnswer answer)
    {
        using (answer)
        {
            HttpResponse response = context.Response;
            if (ReferenceEquals(answer.Refusal, Refusal.Overload))
            {
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = "1";
            }

            response.ContentType = ReplyType;
            response.ContentLength = answer.Encoded.Length;
            await response.BodyWriter.WriteAsync(answer.Encoded, CancellationToken.None);
        }
    }

    private static bool IsQuery(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(QueryType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == QueryType.Length || contentType.AsSpan(QueryType.Length).TrimStart() is [';', ..]);

    private Task TooLargeAsync(HttpContext context)
    {
        // The rest of the body is not read, so the connection can't be used again.
        context.Response.Headers.Connection = "close";
        return RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"A query has at most {maxQueryBytes} octets.");
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
