using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using EContract.Hosting.Errors;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>CA and RA of a test: applications are approved as they come, certificates are real, outages and revocations are a switch.</summary>
public sealed class FakeCa : ICertificateAuthority, IRegistrationAuthority
{
    private readonly TestHierarchy _hierarchy;
    private readonly ConcurrentDictionary<CertificateApplicationId, IssuedCertificate> _issued = new();
    private readonly ConcurrentDictionary<string, CertificateStanding> _standings = new();
    private readonly ConcurrentDictionary<CertificateApplicationId, CertificateApplication> _applications = new();
    private readonly List<Channel<StandingChange>> _standingWatchers = []; // guarded by itself
    private readonly List<Channel<RegistrationChange>> _changeWatchers = []; // guarded by itself
    private readonly List<StandingChange> _standingChanges = []; // guarded by _standingWatchers
    private readonly List<RegistrationChange> _changes = []; // guarded by _changeWatchers

    public FakeCa(TestHierarchy hierarchy) => _hierarchy = hierarchy;

    public bool Down { get; set; }

    public int Issuances { get; private set; }

    public ConcurrentQueue<string> Superseded { get; } = new();

    public CertificateApplication Approve(
        string name,
        bool seal = false,
        string? replaces = null,
        string[]? loginIds = null,
        string? email = null,
        string[]? organisations = null
    )
    {
        var application = new CertificateApplication(
            Identity.New<CertificateApplicationId>(),
            Identity.New<SubscriberId>(),
            ApplicationStanding.Approved,
            seal,
            name,
            email ?? "taro.yamada@example.co.jp",
            "+819012345678",
            loginIds ?? ["taro.yamada@example.co.jp", "+819012345678", "C0012345678"],
            replaces
        )
        {
            Organisations = organisations ?? [],
        };
        _applications[application.Id] = application;
        return application;
    }

    public void Put(CertificateApplication application) => _applications[application.Id] = application;

    /// <summary>The standing changes at the authority; the feed tells it unless it is silent.</summary>
    public void Set(string serial, CertificateStanding standing, bool silent = false)
    {
        _standings[serial] = standing;
        lock (_standingWatchers)
        {
            if (!silent)
            {
                var change = new StandingChange($"{_standingChanges.Count + 1:D6}", serial, standing, "keyCompromise");
                _standingChanges.Add(change);
                _standingWatchers.ForEach(w => w.Writer.TryWrite(change));
            }
        }
    }

    public void ApproveUnlock(CredentialId id)
    {
        lock (_changeWatchers)
        {
            var change = new RegistrationChange($"{_changes.Count + 1:D6}", $"chg_{_changes.Count + 1}", id);
            _changes.Add(change);
            _changeWatchers.ForEach(w => w.Writer.TryWrite(change));
        }
    }

    public Task<CertificateApplication?> FindApplicationAsync(CertificateApplicationId id, CancellationToken cancellationToken)
    {
        RequireUp();
        var found = _applications.GetValueOrDefault(id);
        return Task.FromResult(found is not null && _issued.ContainsKey(id) ? found with { Standing = ApplicationStanding.Issued } : found);
    }

    public Task<IssuedCertificate> IssueAsync(
        string requestId,
        CertificateApplicationId application,
        byte[] certificationRequest,
        byte[] enrollmentProof,
        CancellationToken cancellationToken
    )
    {
        RequireUp();
        var issued = _issued.GetOrAdd(
            application,
            _ =>
            {
                Issuances++;
                // Verifies the request's signature: the proof of possession.
                var request = CertificateRequest.LoadSigningRequest(certificationRequest, HashAlgorithmName.SHA256);
                var der = _hierarchy.IssueSubscriber(request.PublicKey.ExportSubjectPublicKeyInfo(), _applications[application].Name);
                using var certificate = X509CertificateLoader.LoadCertificate(der);
                var serial = certificate.SerialNumber.TrimStart('0');
                _standings[serial] = CertificateStanding.Good;
                return new IssuedCertificate(
                    serial,
                    der,
                    [_hierarchy.Issuing.RawData, _hierarchy.Root.RawData],
                    certificate.Subject,
                    new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero)
                );
            }
        );
        return Task.FromResult(issued);
    }

    public Task<CertificateStanding> GetStandingAsync(string serialNumber, CancellationToken cancellationToken)
    {
        RequireUp();
        return Task.FromResult(_standings[serialNumber]);
    }

    public Task SupersedeAsync(string requestId, string serialNumber, string explanation, CancellationToken cancellationToken)
    {
        RequireUp();
        Superseded.Enqueue(serialNumber);
        Set(serialNumber, CertificateStanding.Revoked);
        return Task.CompletedTask;
    }

    IAsyncEnumerable<StandingChange> ICertificateAuthority.WatchAsync(string cursor, CancellationToken cancellationToken) =>
        WatchAsync(_standingWatchers, _standingChanges, c => c.Cursor, cursor, cancellationToken);

    IAsyncEnumerable<RegistrationChange> IRegistrationAuthority.WatchAsync(string cursor, CancellationToken cancellationToken) =>
        WatchAsync(_changeWatchers, _changes, c => c.Cursor, cursor, cancellationToken);

    private static async IAsyncEnumerable<T> WatchAsync<T>(
        List<Channel<T>> watchers,
        List<T> past,
        Func<T, string> cursorOf,
        string cursor,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var channel = Channel.CreateUnbounded<T>();
        lock (watchers)
        {
            foreach (var change in past.Where(c => string.CompareOrdinal(cursorOf(c), cursor) > 0))
            {
                channel.Writer.TryWrite(change);
            }

            watchers.Add(channel);
        }

        await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    private void RequireUp()
    {
        if (Down)
        {
            throw new ServiceException(Fault.CaUnavailable, "The test has switched the CA off.");
        }
    }
}
