using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Xunit;

namespace EContract.Tsa.Tests.Http;

[Collection("tsa")]
public sealed class Rfc3161_3_4_HttpTests(TsaFixture fixture)
{
    private static readonly byte[] Query = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256).Encode();
    private readonly TsaHost _host = fixture.Host;

    [Theory]
    [InlineData("application/timestamp-query", 200)]
    [InlineData("Application/Timestamp-Query; charset=binary", 200)]
    [InlineData("application/octet-stream", 415)]
    [InlineData("application/timestamp-queryx", 415)]
    [InlineData("text/plain", 415)]
    public async Task The_media_type_is_checked(string type, int status)
    {
        using HttpResponseMessage response = await _host.SendAsync(Query, type: type);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/tsa")]
    [InlineData("DELETE", "/tsa/p256")]
    [InlineData("PATCH", "/tsa/p256")]
    public async Task Another_method_is_told_which_there_are(string method, string path)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(Query) };
        using HttpResponseMessage response = await _host.Http.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task A_person_is_told_what_this_is()
    {
        string text = await _host.Http.GetStringAsync(new Uri("/tsa", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("RFC 3161", text, StringComparison.Ordinal);
        Assert.Contains(TsaHost.Policy("p256"), text, StringComparison.Ordinal);
        Assert.Contains("trusted by configuration without proof", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_sent()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /tsa HTTP/1.1\r\nHost: x\r\nContent-Type: application/timestamp-query\r\nContent-Length: 1048577\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_refused()
    {
        using var content = new StreamContent(new MemoryStream(new byte[2_000_000]));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/timestamp-query");
        using var message = new HttpRequestMessage(HttpMethod.Post, "/tsa") { Content = content };
        message.Headers.TransferEncodingChunked = true;
        try
        {
            using HttpResponseMessage response = await _host.Http.SendAsync(message, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            // The connection was closed while we were still writing: refused all the same.
            Assert.IsType<IOException>(e.InnerException, exactMatch: false);
        }

        await _host.PostAsync(Query);
    }

    [Fact]
    public async Task A_query_in_pieces_is_put_together()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /tsa HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        foreach (byte octet in Query)
        {
            await stream.WriteAsync(new byte[] { (byte)'1', 13, 10, octet, 13, 10 }, TestContext.Current.CancellationToken);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        byte[] bytes = answer.ToArray();
        int body = bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.Equal(PkiStatus.Granted, TimeStampResp.Decode(bytes.AsMemory(body)).Status.Status);
    }

    [Fact]
    public async Task Curl_and_OpenSSL_work_as_the_description_says()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("data", "契約");
        string query = Path.Combine(folder.Path, "query.tsq");
        string reply = Path.Combine(folder.Path, "reply.tsr");
        await RunAsync("openssl", "ts", "-query", "-data", data, "-sha256", "-cert", "-out", query);
        await RunAsync(
            "curl",
            "-sS",
            "-f",
            "-H",
            "Content-Type: application/timestamp-query",
            "--data-binary",
            "@" + query,
            new Uri(_host.Address, "/tsa").ToString(),
            "-o",
            reply
        );
        string root = folder.Write("root.pem", _host.Hierarchy.RootPem);
        await RunAsync("openssl", "ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", root);
    }

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        (int exitCode, string output) = await ForeignTool.RunAsync(tool, arguments);
        Assert.True(exitCode == 0, output);
    }
}
