using Google.Protobuf;

namespace EContract.Bench.Grpc;

/// <summary>
/// Our client alone: the unary echo of 32 bytes on a bare Kestrel handler over h2c, beside a bare HTTP/2 client on the same handler.
/// Both ends share this process, so the figures compare with each other only.
/// </summary>
public static class GrpcClientBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var calls = quick ? 15_000 : 75_000;
        byte[] body = [0, 0, 0, 0, 32, .. EchoService.Message.ToByteArray()];
        await using var handler = await EchoHost.StartBareAsync();
        var port = EchoHost.PortOf(handler);
        await ClientLoad.OursAsync(port, calls / 2); // warm up
        await ClientLoad.BareAsync(port, body, calls / 2);

        // Alternating, so that whatever else the machine does meets both.
        var ours = new List<double>();
        var bare = new List<double>();
        for (var round = 0; round < (quick ? 5 : 9); round++)
        {
            ours.Add(await ClientLoad.OursAsync(port, calls));
            bare.Add(await ClientLoad.BareAsync(port, body, calls));
        }

        return
        [
            new BenchRow(
                "grpc client alone, unary echo",
                Median(ours),
                "calls/s",
                "bare HTTP/2 client, same handler",
                Median(bare),
                "calls/s",
                Median(ours.Zip(bare, (our, its) => our / its)),
                "none set"
            ),
        ];
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
