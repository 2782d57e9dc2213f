using EContract.Hosting.Admission;
using EContract.Hosting.Errors;
using EContract.Hsm;
using Xunit;

namespace EContract.Hosting.Tests.Admission;

public sealed class ConcurrencyGateTests
{
    private readonly TimeWithTimers _time = new();

    [Fact]
    public async Task A_free_place_goes_to_the_most_urgent_who_waits()
    {
        var gate = Gate(maxConcurrency: 1);
        await gate.EnterAsync(TokenPriority.Interactive, default);
        var order = new List<string>();
        var waiting = new[]
        {
            TokenPriority.Load,
            TokenPriority.Archive,
            TokenPriority.Registration,
            TokenPriority.Interactive,
            TokenPriority.Interactive,
        }
            .Select(
                async (priority, i) =>
                {
                    await gate.EnterAsync(priority, default);
                    order.Add($"{priority}{i}");
                    gate.Leave(priority);
                }
            )
            .ToArray();
        Assert.Equal(5, gate.Waiting);
        gate.Leave(TokenPriority.Interactive);
        await Task.WhenAll(waiting);
        Assert.Equal(["Interactive3", "Interactive4", "Registration2", "Archive1", "Load0"], order);
        Assert.Equal(0, gate.Running);
    }

    [Fact]
    public void Load_never_takes_the_last_places()
    {
        var gate = Gate(maxConcurrency: 10);
        var load = Enumerable.Range(0, 10).Select(_ => gate.EnterAsync(TokenPriority.Load, default).AsTask()).ToArray();
        Assert.Equal(4, load.Count(entered => entered.IsCompletedSuccessfully));
        for (var i = 0; i < 6; i++)
        {
            Assert.True(gate.EnterAsync(TokenPriority.Interactive, default).AsTask().IsCompletedSuccessfully);
        }

        Assert.False(gate.EnterAsync(TokenPriority.Interactive, default).AsTask().IsCompleted);
        gate.Leave(TokenPriority.Load);
        Assert.Equal(10, gate.Running);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_a_long_wait_in_the_end()
    {
        var gate = Gate(maxConcurrency: 1, maxWaiting: 1);
        await gate.EnterAsync(TokenPriority.Interactive, default);
        var waits = gate.EnterAsync(TokenPriority.Interactive, default).AsTask();
        var refused = await Assert.ThrowsAsync<ServiceException>(() => gate.EnterAsync(TokenPriority.Interactive, default).AsTask());
        Assert.Equal(Fault.Overloaded, refused.Fault);
        Assert.NotNull(refused.RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(Fault.Overloaded, (await Assert.ThrowsAsync<ServiceException>(() => waits)).Fault);
        gate.Leave(TokenPriority.Interactive);
        Assert.Equal((0, 0), (gate.Running, gate.Waiting));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_no_place_taken()
    {
        var gate = Gate(maxConcurrency: 1);
        await gate.EnterAsync(TokenPriority.Archive, default);
        using var cancellation = new CancellationTokenSource();
        var waits = gate.EnterAsync(TokenPriority.Interactive, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        gate.Leave(TokenPriority.Archive);
        Assert.Equal((0, 0), (gate.Running, gate.Waiting));
    }

    [Fact]
    public void A_bucket_allows_its_burst_then_its_rate_and_tells_when_to_come_back()
    {
        var bucket = new TokenBucket(ratePerSecond: 2, burst: 3, _time);
        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _) && bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(500), retryAfter);
        _time.Advance(retryAfter);
        Assert.True(bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _) && bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));
    }

    private ConcurrencyGate Gate(int maxConcurrency, int maxWaiting = 100) =>
        new(new AdmissionOptions { MaxConcurrency = maxConcurrency, MaxWaiting = maxWaiting }, _time);
}
