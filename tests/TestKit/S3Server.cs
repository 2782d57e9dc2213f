using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EContract.TestKit;

/// <summary>
/// Objects over loopback HTTP as an S3-compatible store answers: paths as buckets, ETags, If-Match, errors in XML. It knows the caller's access key and
/// checks the signed digest of what is put; it does not compute the signature of requests.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _accessKey;
    private readonly HashSet<string> _buckets;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    private S3Server(WebApplication app, string accessKey, IEnumerable<string> buckets) =>
        (_app, _accessKey, _buckets) = (app, accessKey, [.. buckets]);

    /// <summary>Every request as <c>GET /bucket/key</c>, in order, as it was on the wire.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Off: 503 SlowDown.</summary>
    public bool Up { get; set; } = true;

    /// <summary>Whether the connection is cut after an object was stored, before the answer.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Happens when a PUT has arrived, before its condition is judged.</summary>
    public Action? BeforePut { get; set; }

    public string Address => _app.Urls.First();

    public static async Task<S3Server> StartAsync(string accessKey, params string[] buckets)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        var server = new S3Server(builder.Build(), accessKey, buckets);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <param name="path">As <c>bucket/key</c>.</param>
    public byte[]? Get(string path) => _objects.GetValueOrDefault(path);

    /// <inheritdoc cref="Get"/>
    public void Put(string path, byte[] content) => _objects[path] = content;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        Requests.Enqueue($"{context.Request.Method} /{path}");
        var key = path.IndexOf('/', StringComparison.Ordinal);
        if (!Up)
        {
            await FailAsync(context, 503, "SlowDown");
        }
        else if (
            !context
                .Request.Headers.Authorization.ToString()
                .StartsWith($"AWS4-HMAC-SHA256 Credential={_accessKey}/", StringComparison.Ordinal)
        )
        {
            await FailAsync(context, 403, "InvalidAccessKeyId");
        }
        else if (key < 0 || !_buckets.Contains(path[..key]))
        {
            await FailAsync(context, 404, "NoSuchBucket");
        }
        else if (HttpMethods.IsPut(context.Request.Method))
        {
            await StoreAsync(context, path);
        }
        else if (_objects.TryGetValue(path, out byte[]? content))
        {
            context.Response.Headers.ETag = ETagOf(content);
            context.Response.ContentLength = content.Length;
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(content);
            }
        }
        else
        {
            await FailAsync(context, 404, "NoSuchKey");
        }
    }

    private async Task StoreAsync(HttpContext context, string path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var content = body.ToArray();
        BeforePut?.Invoke();
        var known = _objects.GetValueOrDefault(path);
        var condition = context.Request.Headers.IfMatch.ToString();
        if (context.Request.Headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(content)))
        {
            await FailAsync(context, 400, "XAmzContentSHA256Mismatch");
        }
        else if (condition.Length > 0 && known is null)
        {
            await FailAsync(context, 404, "NoSuchKey");
        }
        else if (condition.Length > 0 && condition != ETagOf(known!))
        {
            await FailAsync(context, 412, "PreconditionFailed");
        }
        else
        {
            _objects[path] = content;
            if (LosesAnswers)
            {
                context.Abort();
                return;
            }

            context.Response.Headers.ETag = ETagOf(content);
        }
    }

    /// <summary>MD5, as S3 makes it of an object that was put in one piece: clients check what they get against it.</summary>
    private static string ETagOf(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";

    private static async Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync(
                $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message><RequestId>1</RequestId></Error>"""
            );
        }
    }
}
