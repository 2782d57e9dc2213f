using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Grpc.Testing;
using Xunit;

namespace EContract.Grpc.Tests.Server;

/// <summary>
/// A gRPC client of bytes on HttpClient: knows nothing of our runtime's wire code, and can send what no proper client would.
/// </summary>
public sealed class WireClient(Uri address, SocketsHttpHandler? handler = null) : IDisposable
{
    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A message with its prefix.</summary>
    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flag = 0, uint? length = null)
    {
        var framed = new byte[5 + payload.Length];
        framed[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(framed, 5);
        return framed;
    }

    public static byte[] Gzip(byte[] payload)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(payload);
        }

        return compressed.ToArray();
    }

    public static SimpleRequest Request(int size) => new() { Payload = new Payload { Body = ByteString.CopyFrom(new byte[size]) } };

    /// <summary>One request, the whole answer.</summary>
    public Task<WireAnswer> CallAsync(string path, IMessage message, params (string Name, string Value)[] headers) =>
        CallAsync(path, Frame(message), headers);

    public async Task<WireAnswer> CallAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, new ByteArrayContent(body), headers);
        return await WireAnswer.ReadAsync(response);
    }

    public async Task<HttpResponseMessage> SendAsync(
        string path,
        HttpContent content,
        (string Name, string Value)[] headers,
        CancellationToken? cancellationToken = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        foreach (var (name, value) in headers)
        {
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await _http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken ?? TestContext.Current.CancellationToken
        );
    }

    /// <summary>A call whose requests are written one by one.</summary>
    public async Task<WireStream> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        var content = new StreamedContent();
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var response = SendAsync(path, content, headers, cancel.Token);
        return new WireStream(await content.Stream, content, response, cancel);
    }

    public void Dispose() => _http.Dispose();
}
