using EContract.Hsm.Sessions;
using Xunit;

namespace EContract.Hsm.Tests.Sessions;

public sealed class AdmissionTests
{
    private readonly List<string> _granted = [];

    [Fact]
    public void Permits_are_bounded_and_granted_in_order_of_arrival()
    {
        var admission = New(permits: 2);
        Begin(admission, "a");
        Begin(admission, "b");
        Begin(admission, "c");
        Begin(admission, "d");
        Assert.Equal(["a", "b"], _granted);
        admission.Exit(TokenPriority.Interactive);
        admission.Exit(TokenPriority.Interactive);
        Assert.Equal(["a", "b", "c", "d"], _granted);
        Assert.Equal((2, 0), (admission.InUse, admission.Waiting));
    }

    [Fact]
    public void The_more_urgent_goes_first_but_nobody_starves()
    {
        var admission = New(permits: 1);
        Begin(admission, "holder");
        Begin(admission, "registration", TokenPriority.Registration);
        for (var i = 0; i < 20; i++)
        {
            Begin(admission, $"person {i}");
        }

        for (var i = 0; i < 20; i++)
        {
            admission.Exit(TokenPriority.Interactive);
        }

        Assert.Equal("person 0", _granted[1]);
        Assert.InRange(_granted.IndexOf("registration"), 2, 10);
    }

    [Fact]
    public void Background_work_leaves_room_for_people()
    {
        var admission = New(permits: 4, background: 2);
        for (var i = 0; i < 4; i++)
        {
            Begin(admission, $"load {i}", TokenPriority.Load);
        }

        Assert.Equal(["load 0", "load 1"], _granted);
        Begin(admission, "person");
        Assert.Contains("person", _granted);
        admission.Exit(TokenPriority.Load);
        Assert.Contains("load 2", _granted);
    }

    [Fact]
    public void A_full_queue_refuses_at_once()
    {
        var admission = New(permits: 1, maxWaiting: 1);
        Begin(admission, "a");
        Begin(admission, "b");
        var refused = Assert.Throws<HsmException>(() => Begin(admission, "c"));
        Assert.Equal(HsmFault.Busy, refused.Fault);
    }

    [Fact]
    public async Task A_cancelled_wait_gives_its_place_up_and_loses_no_permit()
    {
        var admission = New(permits: 1);
        for (var i = 0; i < 200; i++)
        {
            admission.Enter(TokenPriority.Interactive, CancellationToken.None);
            using var cancel = new CancellationTokenSource();
            var waiting = Task.Run(() =>
            {
                try
                {
                    admission.Enter(TokenPriority.Interactive, cancel.Token);
                    admission.Exit(TokenPriority.Interactive);
                }
                catch (OperationCanceledException)
                {
                    // either is right: what counts is that the permit comes back
                }
            });
            await Task.WhenAll(waiting, Task.Run(cancel.Cancel), Task.Run(() => admission.Exit(TokenPriority.Interactive)));
            Assert.Equal((0, 0), (admission.InUse, admission.Waiting));
        }
    }

    [Fact]
    public async Task A_pause_lets_nobody_in_and_ends_when_the_last_has_left()
    {
        var admission = New(permits: 2);
        Begin(admission, "a");
        var drained = admission.PauseAsync("test");
        Begin(admission, "b");
        Assert.False(drained.IsCompleted);
        admission.Exit(TokenPriority.Interactive);
        await drained;
        Assert.Equal(["a"], _granted);
        admission.Resume();
        Assert.Equal(["a", "b"], _granted);
    }

    [Fact]
    public void A_lost_call_gives_its_permit_away_but_holds_the_pause_up()
    {
        var admission = New(permits: 1);
        Begin(admission, "hangs");
        Begin(admission, "next");
        admission.Lose(TokenPriority.Interactive);
        Assert.Equal(["hangs", "next"], _granted);
        var drained = admission.PauseAsync("test");
        admission.Exit(TokenPriority.Interactive);
        Assert.False(drained.IsCompleted);
        admission.Found();
        Assert.True(drained.IsCompleted);
    }

    [Fact]
    public void Closed_means_refused_with_the_reason_for_those_who_wait_as_well()
    {
        var admission = New(permits: 1);
        Begin(admission, "a");
        var waiter = Begin(admission, "b");
        admission.Close(new HsmException("C_Login", Native.Ckr.CKR_DEVICE_REMOVED));
        Assert.Equal(Native.Ckr.CKR_DEVICE_REMOVED, waiter.Reason?.Ckr);
        Assert.Contains("CKR_DEVICE_REMOVED", Assert.Throws<HsmException>(() => Begin(admission, "c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_never_hold_more_than_there_are()
    {
        var admission = New(permits: 3, background: 2);
        var inside = 0;
        var most = 0;
        await Parallel.ForAsync(
            0,
            16,
            TestContext.Current.CancellationToken,
            (caller, stop) =>
            {
                var priority = (TokenPriority)(caller % 4);
                for (var i = 0; i < 500; i++)
                {
                    admission.Enter(priority, stop);
                    var now = Interlocked.Increment(ref inside);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref inside);
                    admission.Exit(priority);
                }

                return ValueTask.CompletedTask;
            }
        );
        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (admission.InUse, admission.Waiting));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int before;
        while (now > (before = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, before) != before)
        {
            // somebody else was quicker: look again
        }
    }

    private static Admission New(int permits, int background = 1, int maxWaiting = 100) =>
        new(permits, background, maxWaiting, TimeSpan.FromSeconds(30), TimeProvider.System);

    private NamedWaiter Begin(Admission admission, string name, TokenPriority priority = TokenPriority.Interactive)
    {
        var waiter = new NamedWaiter(name, _granted) { Priority = priority };
        admission.Begin(waiter);
        return waiter;
    }

    private sealed class NamedWaiter(string name, List<string> granted) : Waiter
    {
        public HsmException? Reason { get; private set; }

        internal override void Granted() => granted.Add(name);

        internal override void Refused(HsmException reason) => Reason = reason;
    }
}
