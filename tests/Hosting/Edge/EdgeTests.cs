using System.Net;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Health;
using EContract.Hosting.Tests.Telemetry;
using EContract.Proto.Tsa.V1;
using EContract.TestKit;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace EContract.Hosting.Tests.Edge;

/// <summary>Who may call, and what he is told if not: over real TLS.</summary>
public sealed class EdgeTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private EdgeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await EdgeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("portal", "", StatusCode.OK, "")]
    [InlineData("portal", "refuse", StatusCode.InvalidArgument, "TIMESTAMP_POLICY_UNKNOWN")]
    [InlineData("portal", "break", StatusCode.Internal, "INTERNAL")]
    [InlineData("load", "", StatusCode.PermissionDenied, "ROLE_NOT_ADMITTED")]
    [InlineData("stranger", "", StatusCode.Unauthenticated, "CALLER_UNKNOWN")]
    [InlineData("suspended", "", StatusCode.PermissionDenied, "CALLER_SUSPENDED")]
    public async Task Each_caller_gets_what_he_may(string name, string order, StatusCode status, string reason)
    {
        var answer = await _server.StampAsync(_server.Caller(name), order);
        Assert.Equal((status, reason), (answer.Status, answer.Reason));
        Assert.DoesNotContain("482913", answer.Details.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_no_policy_names_is_denied()
    {
        var answer = await EdgeServer.CallAsync(
            _server.Caller("portal"),
            "/econtract.tsa.v1.TimestampService/Timestamp",
            new TimestampRequest()
        );
        Assert.Equal((StatusCode.PermissionDenied, "ROLE_NOT_ADMITTED"), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("/econtract.signer.v1.SigningService/GetDocument", "signer")]
    [InlineData("/econtract.signer.v1.SigningService/getdocument", null)]
    [InlineData("/nobody.v1.KnowsService/This", null)]
    public async Task A_method_that_nothing_here_serves_is_refused_with_the_role_that_does(string method, string? role)
    {
        var answer = await EdgeServer.CallAsync(_server.Caller("portal"), method, new TimestampRequest());
        Assert.Equal((StatusCode.Unimplemented, "NOT_IMPLEMENTED"), (answer.Status, answer.Reason));
        var facts = answer.Details.Details.Single().Unpack<Google.Rpc.ErrorInfo>().Metadata;
        Assert.Equal(role, facts.GetValueOrDefault("role"));
        Assert.Contains(facts["correlation_id"], await _server.ReadLogAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_with_a_reason()
    {
        var answer = await _server.StampAsync(_server.Caller("portal"), new string('x', 5_000_000));
        Assert.Equal((StatusCode.ResourceExhausted, "REQUEST_TOO_LARGE"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task Health_is_open_to_every_caller()
    {
        await _server.App.Services.GetRequiredService<HealthMonitor>().CheckAsync(Ct);
        var answer = await EdgeServer.CallAsync(_server.Caller("load"), "/grpc.health.v1.Health/Check", new HealthCheckRequest());
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Without_a_certificate_or_with_a_strangers_there_is_no_connection()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.StampAsync(_server.Caller(null)));
        using var other = new TestHierarchy("Other");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.StampAsync(_server.Caller("portal", other)));
    }

    [Fact]
    public async Task A_revoked_caller_is_refused()
    {
        _server.Revoked.Add("portal");
        var answer = await _server.StampAsync(_server.Caller("portal"));
        Assert.Equal("CALLER_CERTIFICATE_REVOKED", answer.Reason);
    }

    [Fact]
    public async Task A_throttled_caller_is_told_when_to_come_back()
    {
        var caller = _server.Caller("throttled");
        Assert.Equal(StatusCode.OK, (await _server.StampAsync(caller)).Status);
        var refused = await _server.StampAsync(caller);
        Assert.Equal((StatusCode.ResourceExhausted, "RATE_LIMITED"), (refused.Status, refused.Reason));
        var retry = refused.Details.Details.Single(detail => detail.Is(Google.Rpc.RetryInfo.Descriptor)).Unpack<Google.Rpc.RetryInfo>();
        Assert.InRange(retry.RetryDelay.Seconds, 60, 100);
    }

    [Fact]
    public async Task A_replaced_certificate_is_used_without_restart_and_a_broken_one_is_not()
    {
        Assert.Equal("first", await ServerNameAsync());
        _server.WriteServerCertificate("second");
        // The files are looked at once a second at most.
        for (var i = 0; i < 100 && await ServerNameAsync() != "second"; i++)
        {
            await Task.Delay(50, Ct);
        }

        Assert.Equal("second", await ServerNameAsync());

        async Task<string> ServerNameAsync()
        {
            var seen = "";
            var caller = _server.Caller(
                "portal",
                serverCertificate: certificate => seen = certificate.GetNameInfo(X509NameType.SimpleName, false)
            );
            Assert.Equal(StatusCode.OK, (await _server.StampAsync(caller)).Status);
            return seen;
        }
    }

    [Fact]
    public async Task Health_and_metrics_are_public_and_tell_reasons()
    {
        using var http = new HttpClient { BaseAddress = _server.Http };
        Assert.Equal("alive\n", await http.GetStringAsync("/healthz", Ct));
        var ready = await http.GetAsync("/readyz", Ct);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("The server's TLS certificate is valid until", await ready.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await _server.StampAsync(_server.Caller("portal"));
        var metrics = await http.GetStringAsync("/metrics", Ct);
        Assert.InRange(ExpositionFormat.Check(metrics)["econtract_call_duration_seconds"], 3, int.MaxValue);
        Assert.Contains(
            "econtract_call_duration_seconds_count{method=\"/econtract.tsa.v1.TimestampService/CreateTimestamp\",caller=\"portal\",status=\"OK\"}",
            metrics,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Readiness_falls_before_the_ports_close()
    {
        await using var server = await EdgeServer.StartAsync(("Lifetime:StopDelay", "00:00:20"));
        using var http = new HttpClient { BaseAddress = server.Http };
        var caller = server.Caller("portal");
        Assert.Equal(StatusCode.OK, (await server.StampAsync(caller)).Status);
        using var hurry = new CancellationTokenSource();
        var stopping = server.App.StopAsync(hurry.Token);
        var ready = await http.GetAsync("/readyz", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("The node is stopping.", await ready.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("STOPPING", (await server.StampAsync(caller)).Reason);
        Assert.False(stopping.IsCompleted);
        await hurry.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task The_log_names_caller_method_outcome_and_correlation_id_but_no_secret()
    {
        await _server.StampAsync(_server.Caller("portal"), "refuse");
        await _server.App.StopAsync(Ct);
        var log = await _server.ReadLogAsync(Ct);
        Assert.Matches(
            @"/econtract\.tsa\.v1\.TimestampService/CreateTimestamp by portal: InvalidArgument TIMESTAMP_POLICY_UNKNOWN in [0-9.]+ ms \[[0-9a-f]{20}\]",
            log
        );
    }
}
