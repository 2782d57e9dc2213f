using System.Text;
using EContract.Hosting.PlainHttp;
using Xunit;

namespace EContract.Hosting.Tests.PlainHttp;

/// <summary>Plain requests are answered in front of Kestrel, all others by it, and nobody can tell the two apart.</summary>
public sealed class PlainRequestTests(PlainHosts hosts) : IClassFixture<PlainHosts>
{
    private const string Line = "POST /echo HTTP/1.1\r\n";
    private const string Host = "Host: a\r\n";
    private const string Type = "Content-Type: application/x-echo\r\n";
    private const string Three = "Content-Length: 3\r\n";

    private readonly int _answeredBefore = hosts.Plain.Route.Answered;

    private PlainHost Plain => hosts.Plain;

    private PlainHost Kestrel => hosts.Kestrel;

    private int Answered => Plain.Route.Answered - _answeredBefore;

    public static TheoryData<string> PlainRequests { get; } =
    [
        Line + Host + Type + Three + "\r\nabc",
        Line + Three + Type + Host + "\r\nabc",
        Line + "host: tsa.example.jp:7080\r\ncontent-type: application/x-echo\r\ncontent-length: 4\r\n\r\nbusy",
        Line + Host + "User-Agent: curl/8.14.1\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n" + Type + Three + "\r\n\0\r\n",
    ];

    public static TheoryData<string> OddRequests { get; } =
    [
        // other requests
        "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /Echo HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "POST /echo?x=1 HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "POST /%65cho HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "POST http://a/echo HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "POST /echo HTTP/1.0\r\n" + Host + Type + Three + "\r\nabc",
        "POST /echo HTTP/1.1\n" + Host + Type + Three + "\r\nabc",
        "POST  /echo HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "post /echo HTTP/1.1\r\n" + Host + Type + Three + "\r\nabc",
        "\r\n" + Line + Host + Type + Three + "\r\nabc",
        "\u0016\u0003\u0001\u0002\0\u0001\0",
        // where the body ends (RFC 9112 §6.3)
        Line + Host + Type + "\r\nabc",
        Line + Host + Type + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        Line + Host + Type + Three + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        Line + Host + Type + "Transfer-Encoding: chunked\r\n" + Three + "\r\n3\r\nabc\r\n0\r\n\r\n",
        Line + Host + Type + Three + Three + "\r\nabc",
        Line + Host + Type + Three + "Content-Length: 4\r\n\r\nabc",
        Line + Host + Type + "Content-Length: 3, 3\r\n\r\nabc",
        Line + Host + Type + "Content-Length: 03\r\n\r\nabc",
        Line + Host + Type + "Content-Length: +3\r\n\r\nabc",
        Line + Host + Type + "Content-Length: -3\r\n\r\nabc",
        Line + Host + Type + "Content-Length: 0x3\r\n\r\nabc",
        Line + Host + Type + "Content-Length: 0\r\n\r\n",
        Line + Host + Type + "Content-Length: \r\n\r\nabc",
        Line + Host + Type + "Content-Length: 3 \r\n\r\nabc",
        Line + Host + Type + "Content-Length:3\r\n\r\nabc",
        Line + Host + Type + "Content-Length:  3\r\n\r\nabc",
        Line + Host + Type + "Content-Length:\t3\r\n\r\nabc",
        Line + Host + Type + "Content-Length : 3\r\n\r\nabc",
        Line + Host + Type + "Content-Length: 2001\r\n\r\n" + new string('.', 2001),
        Line + Host + Type + "Content-Length: 99999999999999999999\r\n\r\n",
        // heads
        Line + Type + Three + "\r\nabc",
        Line + Host + Host + Type + Three + "\r\nabc",
        Line + "Host: a b\r\n" + Type + Three + "\r\nabc",
        Line + "Host: a:b\r\n" + Type + Three + "\r\nabc",
        Line + "Host: a,b\r\n" + Type + Three + "\r\nabc",
        Line + "Host: a@b\r\n" + Type + Three + "\r\nabc",
        Line + "Host: [::1]:80\r\n" + Type + Three + "\r\nabc",
        Line + "Host: \r\n" + Type + Three + "\r\nabc",
        Line + Host + Three + "\r\nabc",
        Line + Host + "Content-Type: text/plain\r\n" + Three + "\r\nabc",
        Line + Host + "Content-Type: application/x-echo; q=1\r\n" + Three + "\r\nabc",
        Line + Host + Type + "Content-Type: text/plain\r\n" + Three + "\r\nabc",
        Line + Host + Type + Three + "Connection: close\r\n\r\nabc",
        Line + Host + Type + Three + "Connection: keep-alive\r\n\r\nabc",
        Line + Host + Type + Three + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\nabc",
        Line + Host + Type + Three + "Expect: 100-continue\r\n\r\nabc",
        Line + Host + Type + Three + "Expect: nothing\r\n\r\nabc",
        Line + Host + Type + Three + "X-Any: 1\r\n\r\nabc",
        Line + Host + Type + Three + "Accept: a\r\n b\r\n\r\nabc",
        Line + Host + Type + Three + "Accept: \u00e9\r\n\r\nabc",
        Line + Host + Type + Three + "Accept: a\0b\r\n\r\nabc",
        Line + Host + Type + Three + "Accept: a\tb\r\n\r\nabc",
        Line + Host + Type + Three + "Accept\r\n\r\nabc",
        Line + Host + Type + Three + ": a\r\n\r\nabc",
        Line + Host + Type + Three + " Accept: a\r\n\r\nabc",
        Line + Host + Type + "Accept: a\nContent-Length: 3\r\n\r\nabc",
        Line + Host + Type + Three + "Accept: a\r\r\n\r\nabc",
        Line + Host + Type + Three + "\n\nabc",
    ];

    [Theory]
    [MemberData(nameof(PlainRequests))]
    public async Task A_plain_request_is_answered_as_by_Kestrel_without_it(string text)
    {
        var request = Encoding.Latin1.GetBytes(text);
        var answer = await Plain.ExchangeAsync(request);
        Assert.Equal(1, Answered);
        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        Assert.Equal(await Kestrel.ExchangeAsync(request), answer);
    }

    [Theory]
    [MemberData(nameof(OddRequests))]
    // HTTP/2's preface: Kestrel answers it otherwise when it isn't the first on a connection
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task Any_other_request_is_answered_by_Kestrel(string text)
    {
        var request = Encoding.Latin1.GetBytes(text);
        var answer = await Plain.ExchangeAsync(request);
        Assert.Equal(0, Answered);
        Assert.Equal(await Kestrel.ExchangeAsync(request), answer);
    }

    [Theory]
    [MemberData(nameof(OddRequests))]
    public async Task A_plain_request_before_another_does_not_change_how_that_is_read(string text)
    {
        byte[] requests = [.. PlainHost.Post("first"), .. Encoding.Latin1.GetBytes(text)];
        var answer = await Plain.ExchangeAsync(requests);
        Assert.Equal(1, Answered);
        Assert.Equal(await Kestrel.ExchangeAsync(requests), answer);
    }

    [Fact]
    public async Task A_request_in_two_pieces_is_Kestrels_wherever_it_is_cut()
    {
        var request = PlainHost.Post("abc");
        byte[] all = [.. request, .. PlainHost.Post("next"), .. PlainHost.Last];
        var expected = await Kestrel.ExchangeAsync(all[..^PlainHost.Last.Length]);
        for (var cut = 1; cut < request.Length; cut++)
        {
            using var socket = await Plain.ConnectAsync();
            await PlainHost.UntilAsync(() => Plain.Connections.Count == 1);
            await socket.SendAsync(request.AsMemory(0, cut));
            // seen without the rest
            await PlainHost.UntilAsync(() => Plain.Connections.Count == 0);
            await socket.SendAsync(all.AsMemory(cut));
            Assert.Equal(expected, await PlainHost.ReadToEndAsync(socket));
        }

        Assert.Equal(0, Answered);
    }

    [Fact]
    public async Task Requests_that_come_together_are_answered_in_their_order()
    {
        byte[] requests = [.. Enumerable.Range(0, 500).SelectMany(i => PlainHost.Post($"<{i}>"))];
        Assert.Equal(await Kestrel.ExchangeAsync(requests), await Plain.ExchangeAsync(requests));
    }

    [Fact]
    public async Task A_plain_request_with_a_wrong_octet_anywhere_is_read_as_Kestrel_reads_it()
    {
        var random = new Random(20261121);
        var plain = Encoding.Latin1.GetBytes(PlainRequests.Last().Data);
        ReadOnlyMemory<byte> odd = "\0\t\n\r ,:;09aA\u007f\u0080\u00ff"u8.ToArray();
        for (var at = 0; at < plain.Length; at++)
        {
            var changed = plain.ToArray();
            changed[at] = odd.Span[random.Next(odd.Length)];
            Assert.Equal(await Kestrel.ExchangeAsync(changed), await Plain.ExchangeAsync(changed));
        }
    }
}
