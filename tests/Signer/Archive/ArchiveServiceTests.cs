using System.Security.Cryptography;
using System.Text;
using EContract.Client;
using EContract.Grpc.InProcess;
using EContract.Pki;
using EContract.Proto.Archive.V1;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Archive.Register;
using EContract.Signer.Grpc;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Grpc;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>The archive as its callers see it: streams, register, plan, renewal in place, and what is refused.</summary>
[Collection(TokenTests.Name)]
public sealed class ArchiveServiceTests(TokenFixture token) : IAsyncLifetime
{
    private const int MaxTimestamps = 2;
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);

    private readonly TemporaryFolder _folder = new();
    private Bank _bank = null!;
    private SignerNode _node = null!;
    private ArchiveJobs _archive = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token, pki: true);
        _node = await _bank.StartNodeAsync(change: options =>
        {
            options.Archive.TrustAnchors.Add(_folder.Write("root.pem", Encoding.ASCII.GetBytes(_bank.RootPem)));
            options.Archive.Online.Enabled = true;
            options.Archive.MaxTimestamps = MaxTimestamps;
            options.Archive.Online.PrivateNetworks.Add("127.0.0.0/8");
            options.Archive.Locations.Directory = Directory.CreateDirectory(Path.Combine(_folder.Path, "store")).FullName;
        });
        var options = new InProcessServerOptions();
        options.Interceptors.Add(new TestEdge("archive"));
        var server = new InProcessServer(options).AddService(_node.Get<ArchiveEndpoint>());
        _archive = new ArchiveJobs(server.CreateChannel(new InProcessCaller("archive")).CreateCallInvoker());
    }

    public async ValueTask DisposeAsync()
    {
        await _bank.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PreservationLevel.BT, 1)]
    [InlineData(PreservationLevel.BLt, 1)]
    [InlineData(PreservationLevel.BLta, 2)]
    public async Task A_basic_signature_of_anybody_is_raised(PreservationLevel level, int stamps)
    {
        var signed = await SignAsync(ItemLevel.Basic);
        var (result, whole) = await AugmentAsync(signed, new AugmentDescription { Name = "a.pdf", Level = level });
        Assert.Equal(stamps, result.TimeStampsAdded);
        Assert.True(whole.AsSpan().StartsWith(signed));
        Assert.Equal(SHA256.HashData(whole), result.Digest.ToByteArray());
        Assert.Equal("TOTAL-PASSED", Assert.Single(result.Verdicts).Indication);
        await Preserved.RequireTokensAsync(whole, _bank.RootPem, stamps);
        if (level != PreservationLevel.BT)
        {
            // Again: nothing is left to be done.
            var (again, same) = await AugmentAsync(whole, new AugmentDescription { Name = "a.pdf", Level = level });
            Assert.Equal((0, whole.Length), (again.TimeStampsAdded, same.Length));
        }
    }

    [Fact]
    public async Task What_is_appended_can_be_had_alone()
    {
        var signed = await SignAsync(ItemLevel.LongTermArchive);
        using var output = new MemoryStream();
        var result = await _archive.RestampAsync(
            new RestampDescription { Name = "a.pdf", AppendedOnly = true },
            new MemoryStream(signed),
            output,
            TestContext.Current.CancellationToken
        );
        byte[] whole = [.. signed, .. output.ToArray()];
        Assert.Equal(SHA256.HashData(whole), result.Digest.ToByteArray());
        await Preserved.RequireTokensAsync(whole, _bank.RootPem, 3);
    }

    [Fact]
    public async Task A_document_that_stays_with_its_caller_is_renewed_by_digest_alone()
    {
        var signed = await SignAsync(ItemLevel.LongTermArchive);
        using var output = new MemoryStream();
        var local = new LocalArchive(_archive);
        var deadline = await local.RestampAsync(new MemoryStream(signed), output, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(DeadlineReason.TimestampCertificate, deadline.Reason);
        await Preserved.RequireTokensAsync(output.ToArray(), _bank.RootPem, 3);

        var forged = signed.ToArray();
        forged[Array.IndexOf(forged, (byte)'T', 5000)] ^= 1;
        var refused = await Assert.ThrowsAsync<RefusedException>(() => local.RestampAsync(new MemoryStream(forged), new MemoryStream()));
        Assert.Equal("EVIDENCE_BROKEN", refused.Reason);
    }

    [Fact]
    public async Task What_is_broken_is_not_stamped_unless_its_evidence_is_to_be_kept()
    {
        var signed = await SignAsync(ItemLevel.LongTermArchive);
        signed[Array.IndexOf(signed, (byte)'T', 5000)] ^= 1;
        var refused = await Assert.ThrowsAsync<RefusedException>(() => RestampAsync(signed, new RestampDescription { Name = "a.pdf" }));
        Assert.Equal("EVIDENCE_BROKEN", refused.Reason);
        Assert.Equal("TOTAL-FAILED", refused.Facts["indication"]);
        var (kept, _) = await RestampAsync(signed, new RestampDescription { Name = "a.pdf", PreserveEvidence = true });
        Assert.Equal(1, kept.TimeStampsAdded);
        Assert.Contains(kept.Verdicts, v => v.Indication == "TOTAL-FAILED");
    }

    [Fact]
    public async Task A_detached_cades_signature_is_raised_and_renewed_with_its_contents_digest()
    {
        var credential = await _node.EnrollAsync();
        var done = await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Cades("契約")));
        var content = Encoding.UTF8.GetBytes("契約");
        var digests = new[] { Digest(HashAlgorithmName.SHA256, content), Digest(HashAlgorithmName.SHA512, content) };
        var description = new AugmentDescription { Name = "a.p7s" };
        description.ContentDigests.AddRange(digests);
        var (raised, once) = await AugmentAsync(done.Items[0].Result!, description);
        Assert.Equal(2, raised.TimeStampsAdded);
        var again = new RestampDescription { Name = "a.p7s" };
        again.ContentDigests.AddRange(digests);
        var (renewed, twice) = await RestampAsync(once, again);
        Assert.Equal(1, renewed.TimeStampsAdded);
        await Preserved.RequireArchivedTwiceAsync(twice, content, _bank.RootPem);

        var without = await Assert.ThrowsAsync<RefusedException>(() => RestampAsync(once, new RestampDescription { Name = "a.p7s" }));
        Assert.Contains(without.Reason, new[] { "DIGEST_INVALID", "EVIDENCE_BROKEN" });
    }

    [Fact]
    public async Task Only_selected_signatures_are_raised_and_unknown_ones_are_refused()
    {
        var signed = await SignAsync(ItemLevel.Basic);
        var unknown = new AugmentDescription { Name = "a.pdf", Signatures = { "Nobody" } };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => AugmentAsync(signed, unknown));
        Assert.Equal("SIGNATURE_NOT_FOUND", refused.Reason);
        var selected = new AugmentDescription
        {
            Name = "a.pdf",
            Signatures = { "Signature1" },
            Level = PreservationLevel.BLt,
        };
        Assert.Equal(1, (await AugmentAsync(signed, selected)).Result.TimeStampsAdded);
    }

    [Fact]
    public async Task What_is_no_signature_is_refused_with_its_reason()
    {
        async Task<string> ReasonAsync(byte[] bytes) =>
            (await Assert.ThrowsAsync<RefusedException>(() => AugmentAsync(bytes, new AugmentDescription { Name = "a" }))).Reason;
        Assert.Equal("SIGNATURE_MALFORMED", await ReasonAsync("hello"u8.ToArray()));
        Assert.Equal("SIGNATURE_NOT_FOUND", await ReasonAsync(Contract));
        Assert.Equal("DOCUMENT_INCOMPLETE", await ReasonAsync([]));
    }

    [Fact]
    public async Task A_registered_document_is_renewed_where_it_lies_and_nothing_twice()
    {
        var (id, path, signed) = await RegisterAsync();
        var renewed = (await _archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = id })).Document;
        var now = await File.ReadAllBytesAsync(path);
        Assert.True(now.AsSpan().StartsWith(signed));
        Assert.Equal(SHA256.HashData(now), renewed.Digest.ToByteArray());
        Assert.Equal(1, renewed.Renewals);
        await Preserved.RequireTokensAsync(now, _bank.RootPem, 3);
        await using var db = await _node.OpenDatabaseAsync();

        // A node that died after the document was put in its place, before that was recorded.
        await db.ArchiveDocuments.ExecuteUpdateAsync(row =>
            row.SetProperty(d => d.Digest, SHA256.HashData(signed))
                .SetProperty(d => d.PendingDigest, SHA256.HashData(now))
                .SetProperty(d => d.Claim, Guid.NewGuid())
                .SetProperty(d => d.ClaimedUntil, _bank.Time.GetUtcNow().AddMinutes(5))
        );
        var busy = await Assert.ThrowsAsync<RefusedException>(() =>
            RefusedException.TranslateAsync(() =>
                _archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = id }).ResponseAsync
            )
        );
        Assert.Equal("REQUEST_IN_PROGRESS", busy.Reason);
        _bank.Time.Advance(TimeSpan.FromMinutes(6));
        var tokens = _bank.Tsa.Tokens;
        var taken = await _archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = id });
        Assert.Null(taken.Result);
        Assert.Equal(tokens, _bank.Tsa.Tokens);
        Assert.Equal(now, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task What_is_due_is_renewed_by_the_schedule_once_and_broken_ones_hold_up_nothing()
    {
        var (_, path, signed) = await RegisterAsync();
        var (_, broken, _) = await RegisterAsync("file:b.pdf");
        await File.WriteAllBytesAsync(broken, Contract);
        var job = _node.Get<IEnumerable<IArchiveJob>>().Single(j => j.Name == "restamp");
        await _node.Get<JobRuns>().RunAsync(job, CancellationToken.None);
        Assert.Equal(signed, await File.ReadAllBytesAsync(path));

        await using var db = await _node.OpenDatabaseAsync();
        await db.ArchiveDocuments.ExecuteUpdateAsync(row => row.SetProperty(d => d.Deadline, _bank.Time.GetUtcNow().AddDays(30)));
        await _node.Get<JobRuns>().RunAsync(job, CancellationToken.None);
        var renewed = await File.ReadAllBytesAsync(path);
        Assert.True(renewed.Length > signed.Length && renewed.AsSpan().StartsWith(signed));
        Assert.Equal(Contract, await File.ReadAllBytesAsync(broken));

        // The authority's certificate ends within the margin: stamping again at once would win nothing.
        await db.ArchiveDocuments.ExecuteUpdateAsync(row => row.SetProperty(d => d.Deadline, _bank.Time.GetUtcNow().AddDays(30)));
        await _node.Get<JobRuns>().RunAsync(job, CancellationToken.None);
        Assert.Equal(renewed, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task However_many_documents_are_renewed_a_person_signs_at_once()
    {
        var signed = await SignAsync(ItemLevel.LongTermArchive);
        var (asking, most) = (0, 0); // changed under the lock below
        var gate = new Lock();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bank.Tsa.Before = async hash =>
        {
            if (hash != HashAlgorithmName.SHA512)
            {
                return; // not the archive's
            }

            lock (gate)
            {
                most = Math.Max(most, ++asking);
                if (asking == MaxTimestamps)
                {
                    full.TrySetResult();
                }
            }

            await open.Task;
            lock (gate)
            {
                asking--;
            }
        };
        var renewals = Enumerable
            .Range(0, MaxTimestamps + 3)
            .Select(_ => Task.Run(() => RestampAsync(signed, new RestampDescription { Name = "a.pdf" })))
            .ToList();
        await full.Task.WaitAsync(TestContext.Current.CancellationToken);
        await SignAsync(ItemLevel.Timestamped);
        Assert.DoesNotContain(renewals, renewal => renewal.IsCompleted);
        open.SetResult();
        await Task.WhenAll(renewals);
        Assert.Equal(MaxTimestamps, most);
    }

    [Fact]
    public async Task The_schedule_asks_after_revocations_and_makes_what_stands_on_them_due()
    {
        var (id, _, _) = await RegisterAsync();
        var job = _node.Get<IEnumerable<IArchiveJob>>().Single(j => j.Name == "revocation-sweep");
        await _node.Get<JobRuns>().RunAsync(job, CancellationToken.None);
        var quiet = (await _archive.Service.GetDocumentAsync(new GetDocumentRequest { DocumentId = id })).Document;
        Assert.Equal(DeadlineReason.TimestampCertificate, quiet.Deadline.Reason);

        _bank.Pki!.Revoke(EContract.Pki.X509.Certificate.Decode(_bank.Tsa.Certificate).Tbs.SerialNumber, _bank.Time.GetUtcNow());
        _bank.Time.Advance(TimeSpan.FromSeconds(2));
        await _node.Get<JobRuns>().RunAsync(job, CancellationToken.None);
        var alarmed = (await _archive.Service.GetDocumentAsync(new GetDocumentRequest { DocumentId = id })).Document;
        Assert.Equal(DeadlineReason.Revocation, alarmed.Deadline.Reason);
        await using var db = await _node.OpenDatabaseAsync();
        var runs = await db.LastRunsAsync(TestContext.Current.CancellationToken);
        var run = Assert.Single(runs, r => r.Job == "revocation-sweep");
        Assert.Equal(("Succeeded", 1, 1), (run.State, run.Done, run.Total));
    }

    [Fact]
    public async Task Somebody_elses_document_in_the_place_is_left_alone()
    {
        var (id, path, _) = await RegisterAsync();
        await File.WriteAllBytesAsync(path, Contract);
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            RefusedException.TranslateAsync(() =>
                _archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = id }).ResponseAsync
            )
        );
        Assert.Equal("DOCUMENT_CHANGED", refused.Reason);
        Assert.Equal(Contract, await File.ReadAllBytesAsync(path));
    }

    [Theory]
    [InlineData("file:../root.pem")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:a/../../root.pem")]
    [InlineData("file:link.pdf")]
    [InlineData("s3:bucket/a.pdf")]
    [InlineData("nothing")]
    public async Task A_location_outside_the_stores_is_refused(string location)
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "store", "link.pdf"), Path.Combine(_folder.Path, "root.pem"));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => RegisterAsync(location));
        Assert.Equal("INVALID_ARGUMENT", refused.Reason);
    }

    [Fact]
    public async Task The_plan_tells_what_is_due_when_and_a_revocation_makes_it_due_at_once()
    {
        var (id, _, _) = await RegisterAsync();
        var twice = await Assert.ThrowsAsync<RefusedException>(() => RegisterAsync("file:a.pdf"));
        Assert.Equal("ARCHIVE_DOCUMENT_ALREADY_REGISTERED", twice.Reason);
        var plan = await _archive.Service.GetPlanAsync(new GetPlanRequest());
        var month = Assert.Single(plan.Months);
        Assert.Equal((0, 1, 1), (plan.Overdue, month.Documents, plan.Total));
        Assert.Equal(DeadlineReason.TimestampCertificate, month.Reason);
        var document = (await _archive.Service.GetDocumentAsync(new GetDocumentRequest { DocumentId = id })).Document;
        var renew = document.Deadline.RenewTime.ToDateTimeOffset();
        Assert.Equal(new DateTimeOffset(renew.Year, renew.Month, 1, 0, 0, 0, TimeSpan.Zero), month.Month.ToDateTimeOffset());

        var quiet = await _archive.Service.RefreshDeadlinesAsync(new RefreshDeadlinesRequest());
        Assert.Equal((1, 0, 0, 0), (quiet.Checked, quiet.Revoked, quiet.Unknown, quiet.DocumentsChanged));
        _bank.Pki!.Revoke(EContract.Pki.X509.Certificate.Decode(_bank.Tsa.Certificate).Tbs.SerialNumber, _bank.Time.GetUtcNow());
        _bank.Time.Advance(TimeSpan.FromSeconds(2));
        var alarm = await _archive.Service.RefreshDeadlinesAsync(new RefreshDeadlinesRequest());
        Assert.Equal((1, 1), (alarm.Revoked, alarm.DocumentsChanged));
        Assert.Equal(1, (await _archive.Service.GetPlanAsync(new GetPlanRequest())).Overdue);
        var due = await _archive.Service.ListDocumentsAsync(
            new ListDocumentsRequest { DueBefore = Timestamp.FromDateTimeOffset(_bank.Time.GetUtcNow()) }
        );
        Assert.Equal(DeadlineReason.Revocation, Assert.Single(due.Documents).Deadline.Reason);

        await _archive.Service.DeregisterDocumentAsync(new DeregisterDocumentRequest { DocumentId = id });
        var gone = await Assert.ThrowsAsync<RefusedException>(() =>
            RefusedException.TranslateAsync(() =>
                _archive.Service.GetDocumentAsync(new GetDocumentRequest { DocumentId = id }).ResponseAsync
            )
        );
        Assert.Equal("ARCHIVE_DOCUMENT_NOT_FOUND", gone.Reason);
    }

    [Fact]
    public async Task The_list_has_pages_in_the_order_of_deadlines()
    {
        for (var i = 0; i < 5; i++)
        {
            await RegisterAsync($"file:{i}.pdf");
        }

        var seen = new List<RegisteredDocument>();
        for (var page = ""; ; )
        {
            var found = await _archive.Service.ListDocumentsAsync(new ListDocumentsRequest { PageSize = 2, PageToken = page });
            seen.AddRange(found.Documents);
            page = found.NextPageToken;
            if (page.Length == 0)
            {
                break;
            }
        }

        Assert.Equal(5, seen.Select(d => d.DocumentId).Distinct().Count());
        Assert.Equal(seen.Select(d => d.Deadline.Time), seen.Select(d => d.Deadline.Time).Order());
        var wrong = await Assert.ThrowsAsync<RefusedException>(() =>
            RefusedException.TranslateAsync(() =>
                _archive.Service.ListDocumentsAsync(new ListDocumentsRequest { PageToken = "x" }).ResponseAsync
            )
        );
        Assert.Equal("PAGE_TOKEN_INVALID", wrong.Reason);
    }

    private static ContentDigest Digest(HashAlgorithmName hash, byte[] content) =>
        new() { DigestAlgorithm = hash.Name, Digest = ByteString.CopyFrom(CryptographicOperations.HashData(hash, content)) };

    private async Task<(string Id, string Path, byte[] Signed)> RegisterAsync(string location = "file:a.pdf")
    {
        var signed = await SignAsync(ItemLevel.LongTermArchive);
        var path = Path.Combine(_folder.Path, "store", "a.pdf");
        if (
            location.StartsWith("file:", StringComparison.Ordinal)
            && location[5..] is var name
            && Path.GetFileName(name) == name
            && name != "link.pdf"
        )
        {
            path = Path.Combine(_folder.Path, "store", name);
            if (!File.Exists(path))
            {
                await File.WriteAllBytesAsync(path, signed);
            }
        }

        var registered = await RefusedException.TranslateAsync(() =>
            _archive.Service.RegisterDocumentAsync(new RegisterDocumentRequest { Name = "契約書.pdf", Location = location }).ResponseAsync
        );
        return (registered.Document.DocumentId, path, signed);
    }

    private async Task<byte[]> SignAsync(ItemLevel level)
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync(Contract);
        await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Pdf(document.Id, level: level)));
        return await _node.ReadAsync(document.Id);
    }

    private async Task<(AugmentResult Result, byte[] Whole)> AugmentAsync(byte[] document, AugmentDescription description)
    {
        using var output = new MemoryStream();
        var result = await _archive.AugmentAsync(description, new MemoryStream(document), output, TestContext.Current.CancellationToken);
        return (result, output.ToArray());
    }

    private async Task<(AugmentResult Result, byte[] Whole)> RestampAsync(byte[] document, RestampDescription description)
    {
        using var output = new MemoryStream();
        var result = await _archive.RestampAsync(description, new MemoryStream(document), output, TestContext.Current.CancellationToken);
        return (result, output.ToArray());
    }
}
