using System.Security.Cryptography;
using System.Text;
using EContract.Audit.Checkpoints;
using EContract.Audit.Evidence;
using EContract.Audit.Export;
using EContract.Audit.Privacy;
using EContract.Audit.Verification;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.TestKit;
using Npgsql;
using Xunit;

namespace EContract.Audit.Tests.Evidence;

public sealed class EvidenceTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly AuditAuthority _authority = new();
    private PostgresDatabase _database = null!;
    private NpgsqlDataSource _dataSource = null!;
    private AuditLog _log = null!;
    private CheckpointMaker _maker = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _dataSource = NpgsqlDataSource.Create(_database.ConnectionString);
        _log = new AuditLog(_database.ConnectionString, new AuditOptions { Node = "signer-1" });
        _maker = new CheckpointMaker(_dataSource, _authority.Signer, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await _dataSource.DisposeAsync();
        await _database.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task One_signature_is_shown_with_all_that_belongs_to_it_and_nothing_else()
    {
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await RecordSigningAsync("A-2", "S-2", "鈴木花子");
        await _maker.MakeAsync(Ct);
        var bundle = Reread(await ExportAsync("A-1", withPersonalData: true));
        var report = EvidenceVerifier.Verify(bundle, _authority.Trust);
        Assert.Empty(report.Findings);
        var words = string.Join('\n', report.Proven);
        Assert.Contains("otp.delivered on otp O-A-1", words, StringComparison.Ordinal);
        Assert.Contains("pin.verified", words, StringComparison.Ordinal);
        Assert.Contains("Its name was '山田太郎'", words, StringComparison.Ordinal);
        Assert.Contains("The signature was made with the key of", words, StringComparison.Ordinal);
        Assert.Contains("The timestamp by", words, StringComparison.Ordinal);
        Assert.DoesNotContain("A-2", words, StringComparison.Ordinal);
        Assert.DoesNotContain("鈴木", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_single_file_of_a_bundle_is_protected()
    {
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await _maker.MakeAsync(Ct);
        var bundle = await ExportAsync("A-1", withPersonalData: true);
        var proven = EvidenceVerifier.Verify(bundle, _authority.Trust).Proven;
        foreach (var name in bundle.Files.Keys)
        {
            var files = bundle.Files.ToDictionary(file => file.Key, file => file.Value.ToArray());
            var content = files[name];
            content[RandomNumberGenerator.GetInt32(content.Length)] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
            var flipped = EvidenceVerifier.Verify(new EvidenceBundle(bundle.Manifest, files), _authority.Trust);
            // A CMS has octets that no signature covers (RFC 5652 §5.1: digestAlgorithms, certificates; §5.3: unsigned attributes, so the
            // time-stamp can be cut off): they may change, but nothing more may be proven by it.
            var harmless =
                name.EndsWith(".p7m", StringComparison.Ordinal)
                && flipped.Proven.All(line => proven.Contains(line) || line.EndsWith("(no time-stamp).", StringComparison.Ordinal));
            Assert.True(!flipped.IsValid || harmless, name);
            files.Remove(name);
            Assert.False(EvidenceVerifier.Verify(new EvidenceBundle(bundle.Manifest, files), _authority.Trust).IsValid, name);
        }
    }

    [Fact]
    public async Task A_bundle_does_not_verify_under_another_root()
    {
        using var stranger = new AuditAuthority();
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await _maker.MakeAsync(Ct);
        Assert.False(EvidenceVerifier.Verify(await ExportAsync("A-1", withPersonalData: false), stranger.Trust).IsValid);
    }

    [Fact]
    public async Task Erasing_a_person_leaves_every_proof_valid_and_nothing_to_guess_from()
    {
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await _maker.MakeAsync(Ct);
        var erased = await new PersonalData(_log).EraseAsync("S-1", "request 2026-77", "auditor", "c-erase", Ct);
        Assert.Equal(3, erased);
        await _log.LinkAsync(Ct);
        await _maker.MakeAsync(Ct);

        var bundle = await ExportAsync("A-1", withPersonalData: true);
        var report = EvidenceVerifier.Verify(bundle, _authority.Trust);
        Assert.Empty(report.Findings);
        Assert.DoesNotContain("山田", string.Join('\n', report.Proven), StringComparison.Ordinal);
        Assert.Contains("attachment 'certificate', which is not shown here", string.Join('\n', report.Proven), StringComparison.Ordinal);
        Assert.True((await LogVerifier.VerifyAsync(new LogExporter(_dataSource).ExportAsync(Ct), _authority.Trust, Ct)).IsIntact);
        // Nothing of the name is left in the schema, neither in text nor in bytes.
        foreach (var column in new[] { "body", "convert_to(object_id || coalesce(on_behalf_of, ''), 'UTF8')" })
        {
            var hits = await Sample.ColumnAsync<long>(
                _database,
                $"select count(*) from audit.event where position(convert_to('山田', 'UTF8') in {column}) > 0"
            );
            Assert.Equal(0, Assert.Single(hits));
        }

        Assert.Equal(
            0,
            Assert.Single(await Sample.ColumnAsync<long>(_database, "select count(*) from audit.personal where person_id = 'S-1'"))
        );
    }

    [Fact]
    public async Task What_no_checkpoint_covers_is_not_called_evidence()
    {
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await _maker.MakeAsync(Ct);
        await RecordSigningAsync("A-2", "S-2", "鈴木花子");
        var refused = await Assert.ThrowsAsync<ServiceException>(() => ExportAsync("A-2", withPersonalData: false));
        Assert.Equal(Fault.AuditNotCheckpointed, refused.Fault);
    }

    [Fact]
    public async Task OpenSSL_verifies_the_checkpoint_of_a_bundle_and_reads_its_records()
    {
        await RecordSigningAsync("A-1", "S-1", "山田太郎");
        await _maker.MakeAsync(Ct);
        var bundle = await ExportAsync("A-1", withPersonalData: false);
        using var folder = new TemporaryFolder();
        var root = folder.Write("root.pem", _authority.Hierarchy.RootPem);
        var cms = folder.Write("checkpoint.p7m", bundle.Files["checkpoint.p7m"]);
        var content = Path.Combine(folder.Path, "checkpoint.der");
        var (code, output) = await ForeignTool.RunAsync(
            "openssl",
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-in",
            cms,
            "-CAfile",
            root,
            "-purpose",
            "any",
            "-binary",
            "-out",
            content
        );
        Assert.True(code == 0, output);
        Assert.Equal(CheckpointSignature.ReadContent(bundle.Files["checkpoint.p7m"])!.Encode(), await File.ReadAllBytesAsync(content, Ct));

        var record = folder.Write("record.der", bundle.Files["records/0001.record.der"]);
        var (parsed, text) = await ForeignTool.RunAsync("openssl", "asn1parse", "-inform", "DER", "-in", record);
        Assert.True(parsed == 0, text);
        Assert.Contains(Convert.ToHexString(SHA256.HashData(bundle.Files["records/0001.event.der"])), text, StringComparison.Ordinal);
    }

    private static EvidenceBundle Reread(EvidenceBundle bundle)
    {
        using var stream = new MemoryStream(bundle.Write());
        return EvidenceBundle.Read(stream);
    }

    private Task<EvidenceBundle> ExportAsync(string activation, bool withPersonalData) =>
        new EvidenceExporter(_dataSource, TimeProvider.System).ExportAsync("activation", activation, withPersonalData, Ct);

    private async Task RecordSigningAsync(string activation, string subscriber, string name)
    {
        using var key = TestKey.P256();
        var certificate = _authority.Hierarchy.IssueSubscriber(key.SubjectPublicKeyInfo, name);
        var signer = new CadesSigner(
            _authority.Hierarchy.Chain(certificate),
            SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256)
        );
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("contract " + activation));
        var prepared = signer.Prepare(digest);
        var signature = prepared.Complete(key.SignDigest(prepared.Digest, prepared.Algorithm)).Encode();
        var token = await _authority.StampAsync(SHA256.HashData(signature), Ct);

        var begun = Sample.Event(activation, "signing.begun") with
        {
            ObjectType = "activation",
            OnBehalfOf = subscriber,
            CorrelationId = "begin-" + activation,
            PersonId = subscriber,
            Personal = new Dictionary<string, string> { ["name"] = name },
            Details = new Dictionary<string, string> { ["digests"] = Convert.ToHexStringLower(digest), ["policy_version"] = "1" },
        };
        await _log.AppendAsync(begun, Ct);
        await _log.AppendAsync(
            begun with
            {
                Action = "otp.delivered",
                ObjectType = "otp",
                ObjectId = "O-" + activation,
                Personal = new Dictionary<string, string>(),
            },
            Ct
        );
        await _log.AppendAsync(
            begun with
            {
                Action = "pin.verified",
                CorrelationId = "complete-" + activation,
                Personal = new Dictionary<string, string>(),
            },
            Ct
        );
        await _log.AppendAsync(
            begun with
            {
                Action = "signing.completed",
                CorrelationId = "complete-" + activation,
                Personal = new Dictionary<string, string>(),
                Attachments =
                [
                    new AuditAttachment("certificate", "application/pkix-cert", certificate, Personal: true),
                    new AuditAttachment("signature", "application/pkcs7-signature", signature, Personal: true),
                    new AuditAttachment("timestamp", "application/timestamp-token", token),
                ],
            },
            Ct
        );
    }
}
