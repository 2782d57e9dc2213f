using System.Diagnostics;
using EContract.Grpc.InProcess;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Bench.Grpc;

/// <summary>Unary echo of 32 bytes: over h2c beside a bare Kestrel handler, and in process beside the handler alone.</summary>
public static class GrpcBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var requests = quick ? 30_000 : 150_000;
        var rounds = quick ? 3 : 7;
        var body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, [0, 0, 0, 0, 32, .. EchoService.Message.ToByteArray()]);
            return [.. await OverSocketsAsync(body, requests, rounds), InProcess(requests, rounds)];
        }
        finally
        {
            File.Delete(body);
        }
    }

    private static async Task<IReadOnlyList<BenchRow>> OverSocketsAsync(string body, int requests, int rounds)
    {
        await using var ours = await EchoHost.StartOursAsync();
        await using var bare = await EchoHost.StartBareAsync();
        await H2Load.RunAsync(EchoHost.PortOf(ours), EchoService.Path, body, requests);
        await H2Load.RunAsync(EchoHost.PortOf(bare), EchoService.Path, body, requests);

        // Alternating, so that whatever else the machine does meets both.
        var oursRates = new List<double>();
        var bareRates = new List<double>();
        var allocated = new List<double>();
        var bareAllocated = new List<double>();
        var clientRates = new List<double>();
        var bareClientRates = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            oursRates.Add(await MeasureAsync(EchoHost.PortOf(ours), allocated));
            bareRates.Add(await MeasureAsync(EchoHost.PortOf(bare), bareAllocated));
            clientRates.Add(await ClientLoad.OursAsync(EchoHost.PortOf(ours), requests / 2));
            bareClientRates.Add(await ClientLoad.BareAsync(EchoHost.PortOf(bare), File.ReadAllBytes(body), requests / 2));
        }

        return
        [
            new BenchRow(
                "grpc unary echo, h2load",
                Median(oursRates),
                "req/s",
                "bare Kestrel handler",
                Median(bareRates),
                "req/s",
                Median(oursRates.Zip(bareRates, (our, its) => our / its)),
                "ratio >= 0.75"
            ),
            new BenchRow(
                "grpc unary echo, allocated on the server",
                Median(allocated),
                "B/call",
                "bare Kestrel handler",
                Median(bareAllocated),
                "B/call",
                Median(allocated) / Math.Max(1, Median(bareAllocated)),
                "< 1024 B/call"
            ),
            new BenchRow(
                "grpc unary echo, our client and server",
                Median(clientRates),
                "req/s",
                "HttpClient and a bare Kestrel handler",
                Median(bareClientRates),
                "req/s",
                Median(clientRates.Zip(bareClientRates, (our, its) => our / its)),
                "none set"
            ),
        ];

        async Task<double> MeasureAsync(int port, List<double> bytesPerCall)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var rate = await H2Load.RunAsync(port, EchoService.Path, body, requests);
            bytesPerCall.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)requests);
            return rate;
        }
    }

    private static BenchRow InProcess(int calls, int rounds)
    {
        var service = new EchoService();
        var channel = new InProcessServer().AddService(service).CreateChannel(new InProcessCaller("bench"));
        var invoker = channel.CreateCallInvoker();
        var perCall = new List<double>();
        var perHandler = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            perCall.Add(Microseconds(() => invoker.BlockingUnaryCall(EchoService.Method, null, default, EchoService.Message)));
            perHandler.Add(Microseconds(() => service.Echo(EchoService.Message, null!).Result));
        }

        // The first round warms up.
        var ours = Median(perCall.Skip(1));
        var handler = Median(perHandler.Skip(1));
        return new BenchRow(
            "grpc unary echo, in process",
            ours,
            "µs/call",
            "the handler alone",
            handler,
            "µs/call",
            ours / handler,
            "< 3 µs"
        );

        double Microseconds(Func<BytesValue> call)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++)
            {
                call();
            }

            return watch.Elapsed.TotalMicroseconds / calls;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
