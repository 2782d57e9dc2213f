using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.TestKit;
using Xunit;

namespace EContract.Hosting.Tests.Callers;

/// <summary>What is remembered of a caller's certificate, and when it is forgotten.</summary>
public sealed class CallerRegistryTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private readonly TestHierarchy _hierarchy = new("Registry");
    private readonly Authority _authority = new();
    private readonly X509Certificate2 _portal;
    private readonly CallerRegistry _callers;

    public CallerRegistryTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _portal = X509CertificateLoader.LoadCertificate(_hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), "portal", server: false));
        var options = new CallerOptions
        {
            Name = "portal",
            CommonName = "portal",
            Roles = ["portal"],
        };
        _callers = new CallerRegistry([options], _time, TestRunLog.Logger<CallerRegistry>(), _authority);
    }

    public void Dispose()
    {
        _portal.Dispose();
        _hierarchy.Dispose();
    }

    [Fact]
    public async Task The_authority_is_asked_once_in_half_a_minute()
    {
        await ResolveAsync();
        await ResolveAsync();
        Assert.Equal(1, _authority.Asked);
        _time.Advance(TimeSpan.FromSeconds(31));
        await ResolveAsync();
        Assert.Equal(2, _authority.Asked);
    }

    [Fact]
    public async Task A_revocation_that_is_told_counts_for_the_next_call()
    {
        await ResolveAsync();
        _authority.State = CallerRevocationState.Revoked;
        _authority.Tell();
        Assert.Equal(Fault.CallerCertificateRevoked, (await Assert.ThrowsAsync<ServiceException>(ResolveAsync)).Fault);
    }

    [Fact]
    public async Task An_answer_from_before_the_revocation_is_not_remembered_after_it()
    {
        // The answer "good" is on its way when the certificate is revoked.
        _authority.Answer = new TaskCompletionSource<CallerRevocationState>();
        var call = ResolveAsync();
        _authority.State = CallerRevocationState.Revoked;
        _authority.Tell();
        _authority.Answer.SetResult(CallerRevocationState.Good);
        await call;
        _authority.Answer = null;
        Assert.Equal(Fault.CallerCertificateRevoked, (await Assert.ThrowsAsync<ServiceException>(ResolveAsync)).Fault);
    }

    [Fact]
    public async Task Not_knowing_is_not_remembered()
    {
        _authority.State = CallerRevocationState.Unknown;
        Assert.Equal(Fault.CallerRevocationUnknown, (await Assert.ThrowsAsync<ServiceException>(ResolveAsync)).Fault);
        _authority.State = CallerRevocationState.Good;
        await ResolveAsync();
    }

    private Task ResolveAsync() => _callers.ResolveAsync(_portal, Ct).AsTask();

    private sealed class Authority : ICallerRevocation
    {
        public event Action? Changed;

        public CallerRevocationState State { get; set; } = CallerRevocationState.Good;

        /// <summary>What comes later; null: the state, at once.</summary>
        public TaskCompletionSource<CallerRevocationState>? Answer { get; set; }

        public int Asked { get; private set; }

        public void Tell() => Changed?.Invoke();

        public async ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
        {
            Asked++;
            return Answer is { } answer ? await answer.Task : State;
        }
    }
}
