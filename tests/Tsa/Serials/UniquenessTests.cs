using System.Buffers.Binary;
using System.Security.Cryptography;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Xunit;

namespace EContract.Tsa.Tests.Serials;

/// <summary>No serial twice, though nodes are killed under load and start again on the same database.</summary>
public sealed class UniquenessTests
{
    private const int Nodes = 2;
    private const int Connections = 4;
    private static readonly int SerialsPerRun = LongRun.IsOn ? 50_000 : 700;
    private static readonly int Runs = LongRun.IsOn ? 11 : 2;
    private static readonly byte[] Query = (TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256) with { CertReq = false }).Encode();

    private readonly HashSet<UInt128> _serials = []; // guarded by itself
    private readonly HashSet<UInt128> _epochs = []; // guarded by _serials

    [Fact]
    public async Task Killed_nodes_never_repeat_a_serial()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, Nodes)
                .Select(async _ =>
                {
                    for (int run = 0; run < Runs; run++)
                    {
                        using KilledNode node = await KilledNode.StartAsync(database.ConnectionString);
                        Task[] load = await LoadAsync(node);
                        await node.KillAsync();
                        await Task.WhenAll(load);
                    }
                })
        );
        Assert.True(_serials.Count >= Nodes * Runs * SerialsPerRun);
        Assert.Equal(Nodes * Runs, _epochs.Count);
        Assert.True(!LongRun.IsOn || _serials.Count >= 1_000_000);
    }

    /// <summary>Loads the node; returns, with the load still on, when enough tokens have come.</summary>
    private async Task<Task[]> LoadAsync(KilledNode node)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = SerialsPerRun;
        Task[] load =
        [
            .. Enumerable
                .Range(0, Connections)
                .Select(async _ =>
                {
                    using var http = new HttpClient { BaseAddress = node.Address };
                    while (true)
                    {
                        UInt128 serial;
                        try
                        {
                            serial = await AskAsync(http);
                        }
                        catch (HttpRequestException)
                        {
                            return; // killed
                        }

                        lock (_serials)
                        {
                            Assert.True(_serials.Add(serial), $"{serial:X32} was given twice");
                            _epochs.Add(serial >> 56);
                        }

                        if (Interlocked.Decrement(ref left) == 0)
                        {
                            enough.SetResult();
                        }
                    }
                }),
        ];
        await await Task.WhenAny(enough.Task, Task.WhenAll(load));
        return load;
    }

    private static async Task<UInt128> AskAsync(HttpClient http)
    {
        using var content = new ByteArrayContent(Query);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/timestamp-query");
        using HttpResponseMessage response = await http.PostAsync(new Uri("/tsa/p256", UriKind.Relative), content);
        byte[] reply;
        try
        {
            reply = await response.Content.ReadAsByteArrayAsync();
        }
        catch (IOException e)
        {
            throw new HttpRequestException("Killed in the middle of an answer.", e);
        }

        TimeStampToken token = TimeStampToken.Decode(TimeStampResp.Decode(reply).TimeStampToken!.Value);
        return BinaryPrimitives.ReadUInt128BigEndian(token.TstInfo.SerialNumber.Content.Span);
    }
}
