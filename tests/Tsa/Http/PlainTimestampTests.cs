using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Tsa.Tests.Http;

/// <summary>A plain query is answered in front of Kestrel, and the answer doesn't show it.</summary>
public sealed partial class PlainTimestampTests : IAsyncLifetime
{
    private const string At = "/plain/query";
    private static readonly byte[] Query = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256).Encode();
    private PostgresDatabase? _database;

    public async ValueTask InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task A_plain_query_is_answered_without_Kestrel_and_as_by_Kestrel()
    {
        using var meters = new MeterListener();
        int plain = 0;
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "econtract.http.plain.duration")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<double>(
            (_, _, tags, _) =>
            {
                // the path is this test's alone
                if (tags[0].Value is At)
                {
                    Interlocked.Increment(ref plain);
                }
            }
        );
        meters.Start();
        await using TsaHost host = await TsaHost.StartAsync(
            _database!.ConnectionString,
            configure: (settings, _) => settings["Tsa:Path"] = At,
            units: ["rsa2048"]
        );
        (string plainHead, TimeStampResp plainReply) = await AskAsync(host.Address.Port, "");
        Assert.Equal(1, plain);
        (string kestrelHead, TimeStampResp kestrelReply) = await AskAsync(host.Address.Port, "X-Any: 1\r\n");
        Assert.Equal(1, plain);
        Assert.Equal(kestrelHead, plainHead);
        Assert.Equal(PkiStatus.Granted, plainReply.Status.Status);
        Assert.Equal(PkiStatus.Granted, kestrelReply.Status.Status);
    }

    [Theory]
    [InlineData("tsa")]
    [InlineData("/")]
    [InlineData("/tsa/")]
    [InlineData("//tsa")]
    [InlineData("/a/../tsa")]
    [InlineData("/a b")]
    [InlineData("/%74sa")]
    [InlineData("/{tsa}")]
    [InlineData("/tsa\n")]
    public async Task A_path_that_could_be_read_in_two_ways_is_none(string path)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TsaHost.StartAsync(_database!.ConnectionString, configure: (settings, _) => settings["Tsa:Path"] = path, units: ["p256"])
        );
        Assert.StartsWith("Tsa:Path: ", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static async Task<(string Head, TimeStampResp Reply)> AskAsync(int port, string header)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        byte[] head = Encoding.ASCII.GetBytes(
            $"POST {At} HTTP/1.1\r\nHost: x\r\n{header}Content-Type: application/timestamp-query\r\nContent-Length: {Query.Length}\r\n\r\n"
        );
        await stream.WriteAsync((byte[])[.. head, .. Query], TestContext.Current.CancellationToken);

        var received = new List<byte>();
        byte[] octet = new byte[1];
        while (!received.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(octet, TestContext.Current.CancellationToken);
            received.Add(octet[0]);
        }

        string text = Encoding.ASCII.GetString([.. received]);
        byte[] body = new byte[int.Parse(Length().Match(text).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        // the length differs where a genTime has fewer digits
        return (Length().Replace(Date().Replace(text, "Date: now"), "Content-Length: n"), TimeStampResp.Decode(body));
    }

    [GeneratedRegex("Content-Length: ([0-9]+)")]
    private static partial Regex Length();

    [GeneratedRegex("Date: [^\r]{25} GMT")]
    private static partial Regex Date();
}
