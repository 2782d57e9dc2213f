using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Pki;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Archive;
using EContract.TestKit.Documents;

namespace EContract.Bench.Longterm;

/// <summary>
/// Renews B-LTA contracts in process with software keys: the document judged, its validation data gathered (over loopback, then from the cache), a new
/// document time-stamp. Beside it the bare time-stamp token. Then documents of 5 MB and 100 MB in files, for the memory.
/// </summary>
public static class RestampBench
{
    private const double Megabyte = 1048576.0;
    private const int BytesPerPage = 1024 * 1024;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        await using var world = await Preservation.StartAsync(TimeProvider.System.GetUtcNow());
        world.Begin(TimeSpan.FromDays(3650), TimeSpan.FromDays(730));
        var contract = await ArchivedAsync(world, SizedPdf.ToArray(pages: 3, bytesPerPage: 33_000));
        var desk = world.Desk();
        var seconds = TimeSpan.FromSeconds(quick ? 2 : 10);
        await RateAsync(() => RestampAsync(desk, new MemoryStream(contract)), TimeSpan.FromSeconds(1)); // warms up
        var restamps = await RateAsync(() => RestampAsync(desk, new MemoryStream(contract)), seconds);
        var tokens = await RateAsync(() => world.Tsa.StampAsync(HashAlgorithmName.SHA256, new byte[32], CancellationToken.None), seconds);

        var small = await MemoryAsync(world, desk, pages: 5);
        var large = await MemoryAsync(world, desk, pages: 100);
        return
        [
            new BenchRow(
                "restamp a B-LTA document of 100 KB, one thread",
                restamps,
                "documents/s",
                "bare time-stamp tokens",
                tokens,
                "tokens/s",
                restamps / tokens,
                "-"
            ),
            new BenchRow(
                "allocated in all to restamp 100 MB",
                large.Allocated,
                "MB allocated",
                "5 MB",
                small.Allocated,
                "MB allocated",
                large.Allocated / small.Allocated,
                "-"
            ),
            new BenchRow(
                "peak memory to restamp 100 MB, above before",
                large.Peak,
                "MB resident",
                "5 MB",
                small.Peak,
                "MB resident",
                large.Peak / small.Peak,
                "<= 16 MB"
            ),
        ];
    }

    private static async Task<byte[]> ArchivedAsync(Preservation world, byte[] original)
    {
        var signed = await world.SignAsync(original, SignatureKind.Ecdsa, TimeSpan.FromDays(365));
        return Preservation.Whole(signed, await world.AugmentAsync(signed, ItemLevel.LongTermArchive));
    }

    private static async Task RestampAsync(ArchiveDesk desk, Stream document)
    {
        var order = new AugmentationOrder { Level = ItemLevel.LongTermArchive, Renew = true };
        var result = await desk.ProcessAsync(document, new ArchiveOrder(order, new Dictionary<string, byte[]>()), CancellationToken.None);
        if (result.Augmented is not { TimeStamps: 1, Missing.Count: 0 })
        {
            throw new InvalidOperationException("What is measured does not work.");
        }
    }

    private static async Task<double> RateAsync(Func<Task> work, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; clock.Elapsed < duration; count++)
        {
            await work();
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Megabytes allocated in all, and by how many the process grew at most, while a document of so many megabytes is renewed.</summary>
    private static async Task<(double Allocated, double Peak)> MemoryAsync(Preservation world, ArchiveDesk desk, int pages)
    {
        var path = Path.GetTempFileName();
        try
        {
            await WriteAsync(world, path, pages);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var resident = ForgetPeak();
            await using (var stream = File.OpenRead(path))
            {
                await RestampAsync(desk, stream);
            }

            return ((GC.GetTotalAllocatedBytes(precise: true) - allocated) / Megabyte, Peak() - resident);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A method of its own, so that no local holds the document while its renewal is measured.</summary>
    private static async Task WriteAsync(Preservation world, string path, int pages) =>
        await File.WriteAllBytesAsync(path, await ArchivedAsync(world, SizedPdf.ToArray(pages, BytesPerPage)));

    /// <summary>Sets the process's peak back to what is resident now; gives that, in megabytes. Linux, proc(5): clear_refs.</summary>
    private static double ForgetPeak()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak();
    }

    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / Megabyte;
    }
}
