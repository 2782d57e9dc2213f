using EContract.Pki;
using EContract.TestKit;
using EContract.Tsa.Evidence;
using EContract.Tsa.Serials;
using EContract.Tsa.Store;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Tsa.Tests.Serials;

public sealed class SerialEpochTests
{
    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 0xFFFFFFFFu)]
    [InlineData((1L << 38) - 1, 7u)]
    public void A_serial_is_positive_and_always_as_long(long number, uint tag)
    {
        var epoch = new SerialEpoch(number, tag);
        byte[] serial = new byte[SerialEpoch.Length];
        foreach (long counter in (long[])[1, 255, 256, (1L << 56) - 1])
        {
            epoch.Write(counter, serial);
            Assert.InRange(serial[0], 0x40, 0x7F);
            Assert.True(SerialNumber.FromContent(serial).IsConforming);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => epoch.Write(1L << 56, serial));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SerialEpoch(1L << 38, tag));
    }

    [Fact]
    public void Threads_share_a_counter_without_a_repeat()
    {
        var epoch = new SerialEpoch(7, 9);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<Int128, bool>();
        Parallel.For(
            0,
            100_000,
            _ =>
            {
                Span<byte> serial = stackalloc byte[SerialEpoch.Length];
                epoch.Next(serial);
                Assert.True(seen.TryAdd(System.Buffers.Binary.BinaryPrimitives.ReadInt128BigEndian(serial), true));
            }
        );
        Assert.Equal(100_000, epoch.Count);
    }

    [Fact]
    public async Task Nodes_that_start_together_on_an_empty_database_get_different_epochs()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        SerialEpoch[] epochs = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    await TsaSchema.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken);
                    return await SerialLease.LeaseAsync(
                        database.ConnectionString,
                        TimeProvider.System,
                        TestContext.Current.CancellationToken
                    );
                })
        );
        Assert.Equal(8, epochs.Select(e => e.Epoch).Distinct().Count());
    }

    [Fact]
    public async Task A_log_that_stays_away_stops_the_authority_until_it_is_back()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddYears(60));
        var source = new SerialSource { Epoch = new SerialEpoch(3, 5) };
        bool away = true;
        using var evidence = new SerialEvidence(
            source,
            (_, _) => away ? throw new IOException("away") : Task.CompletedTask,
            Options.Create(new TsaOptions()),
            time,
            TestRunLog.Logger<SerialEvidence>()
        );
        source.Epoch.Next(new byte[SerialEpoch.Length]);
        await evidence.RecordAsync(TestContext.Current.CancellationToken);
        Assert.False(source.IsSuspended);
        time.Advance(TimeSpan.FromMinutes(61));
        await evidence.RecordAsync(TestContext.Current.CancellationToken);
        Assert.True(source.IsSuspended);
        away = false;
        await evidence.RecordAsync(TestContext.Current.CancellationToken);
        Assert.False(source.IsSuspended);
    }

    [Fact]
    public async Task Ranges_follow_on_each_other_in_the_log_also_when_it_was_away()
    {
        var source = new SerialSource { Epoch = new SerialEpoch(3, 5) };
        var events = new List<TsaEvent>();
        bool away = false;
        RecordTsaEvent record = (evidence, _) =>
        {
            if (away)
            {
                throw new IOException("away");
            }

            events.Add(evidence);
            return Task.CompletedTask;
        };
        using var evidence = new SerialEvidence(
            source,
            record,
            Options.Create(new TsaOptions()),
            TimeProvider.System,
            TestRunLog.Logger<SerialEvidence>()
        );
        await TakeAsync(10);
        away = true;
        await TakeAsync(5);
        away = false;
        await TakeAsync(1);
        await TakeAsync(0);
        Assert.Equal(["10", "6"], events.Select(e => e.Details["count"]));
        Assert.Equal(Serial(1), events[0].Details["first_serial"]);
        Assert.Equal(Serial(10), events[0].Details["last_serial"]);
        Assert.Equal(Serial(11), events[1].Details["first_serial"]);
        Assert.Equal(Serial(16), events[1].Details["last_serial"]);

        async Task TakeAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                source.Epoch.Next(new byte[SerialEpoch.Length]);
            }

            await evidence.RecordAsync(TestContext.Current.CancellationToken);
        }

        string Serial(long counter)
        {
            byte[] serial = new byte[SerialEpoch.Length];
            source.Epoch.Write(counter, serial);
            return Convert.ToHexString(serial);
        }
    }
}
