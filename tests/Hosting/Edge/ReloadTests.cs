using EContract.Hosting.Admission;
using EContract.Proto.Tsa.V1;
using EContract.TestKit;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.Hosting.Tests.Edge;

/// <summary>R17: callers are suspended and throttled, and limits changed, while the server runs and without losing what it has accepted.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private const string Method = "/econtract.tsa.v1.TimestampService/CreateTimestamp";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private EdgeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await EdgeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_suspended_caller_begins_nothing_new_and_what_he_began_is_finished()
    {
        var portal = _server.Caller("portal");
        var accepted = _server.StampAsync(portal, "wait");
        await UntilRunningAsync(1);

        _server.Reconfigure(("Callers:0:Suspended", "true"));
        Assert.Equal("CALLER_SUSPENDED", (await _server.StampAsync(portal)).Reason);
        _server.Go.SetResult();
        Assert.Equal(StatusCode.OK, (await accepted).Status);

        _server.Reconfigure(("Callers:0:Suspended", "false"));
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(portal)).Status);
    }

    [Fact]
    public async Task A_caller_is_throttled_by_its_own_limits_from_the_change_on()
    {
        var portal = _server.Caller("portal");
        _server.Reconfigure(("Callers:0:Limits:RatePerSecond", "0.01"), ("Callers:0:Limits:Burst", "1"));
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(portal)).Status);
        Assert.Equal("RATE_LIMITED", (await _server.StampAsync(portal)).Reason);
    }

    [Fact]
    public async Task A_caller_may_have_fewer_calls_in_progress_from_the_change_on()
    {
        var portal = _server.Caller("portal");
        var accepted = _server.StampAsync(portal, "wait");
        await UntilRunningAsync(1);
        _server.Reconfigure(("Callers:0:Limits:Concurrency", "1"));
        var refused = await _server.StampAsync(portal);
        Assert.Equal((StatusCode.ResourceExhausted, "CONCURRENCY_LIMITED"), (refused.Status, refused.Reason));
        _server.Go.SetResult();
        Assert.Equal(StatusCode.OK, (await accepted).Status);
    }

    [Fact]
    public async Task A_method_is_throttled_from_the_change_on_and_freed_by_the_next()
    {
        var portal = _server.Caller("portal");
        _server.Reconfigure(
            ("Admission:Rates:0:Method", Method),
            ("Admission:Rates:0:RatePerSecond", "0.01"),
            ("Admission:Rates:0:Burst", "1")
        );
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(portal)).Status);
        Assert.Equal("RATE_LIMITED", (await _server.StampAsync(portal)).Reason);

        // Another setting changes: the bucket of the unchanged rate stays empty.
        _server.Reconfigure(("Admission:MaxWaiting", "7"));
        Assert.Equal("RATE_LIMITED", (await _server.StampAsync(portal)).Reason);

        _server.Reconfigure(("Admission:Rates:0:RatePerSecond", "1000"), ("Admission:Rates:0:Burst", "1000"));
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(portal)).Status);
    }

    [Fact]
    public async Task More_places_are_given_to_those_who_wait_for_one()
    {
        _server.Reconfigure(("Admission:MaxConcurrency", "1"));
        var portal = _server.Caller("portal");
        var first = _server.StampAsync(portal, "wait");
        await UntilRunningAsync(1);
        var second = _server.StampAsync(portal, "wait");
        var gate = _server.App.Services.GetRequiredService<AdmissionControl>().Gate;
        await UntilAsync(() => gate.Waiting == 1);

        _server.Reconfigure(("Admission:MaxConcurrency", "2"));
        await UntilRunningAsync(2);
        _server.Go.SetResult();
        Assert.Equal(StatusCode.OK, (await first).Status);
        Assert.Equal(StatusCode.OK, (await second).Status);
    }

    [Fact]
    public void The_log_level_follows()
    {
        var logger = _server.App.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EContract.Test");
        Assert.False(logger.IsEnabled(LogLevel.Debug));
        _server.Reconfigure(("Log:Level", "Debug"));
        Assert.True(logger.IsEnabled(LogLevel.Debug));
    }

    [Fact]
    public async Task A_change_with_a_fault_in_it_is_refused_as_a_whole()
    {
        _server.Reconfigure(("Callers:0:Suspended", "true"), ("Admission:MaxConcurency", "3"));
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(_server.Caller("portal"))).Status);
        var log = await _server.ReadLogAsync(Ct);
        Assert.Contains("The changed settings are wrong; the former ones stay", log, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'MaxConcurrency'?", log, StringComparison.Ordinal);
    }

    private Task UntilRunningAsync(int calls)
    {
        var gate = _server.App.Services.GetRequiredService<AdmissionControl>().Gate;
        return UntilAsync(() => gate.Running == calls);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
