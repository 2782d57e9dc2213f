using System.Security.Cryptography;
using EContract.Pki.Ers;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Validation.Tests.Documents;

/// <summary>RFC 4998: an evidence record over a signed file proves it after the signer's certificate is gone.</summary>
public sealed class EvidenceRecordTests : IDisposable
{
    private readonly SigningWorld _world = new(signerValidity: TimeSpan.FromDays(365));

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_renewed_record_proves_what_it_covers()
    {
        _world.Authority("TSU 0", TimeSpan.FromDays(900));
        var document = Preserved();
        var record = EvidenceRecord.Of(Over(SHA256.HashData(document), "TSU 0"));
        _world.Clock.Advance(TimeSpan.FromDays(800));
        record = record.WithTimeStamp(Over(record.RenewalDigests(HashAlgorithmName.SHA256)[0], "TSU 1"));

        _world.Clock.Advance(TimeSpan.FromDays(30));
        var report = await Validate(document, record.Encode());
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(SigningWorld.Start, report.Signatures[0].Proof.Time);
        Assert.Equal("evidence-record-1/time-stamp-1", report.Signatures[0].Proof.Origin);
    }

    [Fact]
    public async Task A_record_over_another_file_has_failed()
    {
        var record = EvidenceRecord.Of(Over(SHA256.HashData([1]), "TSU 0"));
        var report = await Validate(Preserved(), record.Encode());
        Assert.Equal("TOTAL-FAILED/HASH_FAILURE", report.Conclusion.ToString());
    }

    [Fact]
    public async Task Without_the_record_nothing_is_proven()
    {
        var document = Preserved();
        _world.Clock.Advance(TimeSpan.FromDays(830));
        Assert.Equal("INDETERMINATE/OUT_OF_BOUNDS_NO_POE", (await Validate(document)).Conclusion.ToString());
    }

    /// <summary>Signed without any time-stamp, with the data that tell that the signer was good.</summary>
    private byte[] Preserved()
    {
        var signed = _world.SignPdf(SmallPdf.Write(), stamped: false);
        var store = _world.StoreContent(_world.Signer, _world.Authority("TSU 0"));
        return [.. signed, .. Pdf.SecurityStore.Update(signed, store)];
    }

    private ArchiveTimeStamp Over(ReadOnlyMemory<byte> digest, string authority) => new() { TimeStamp = _world.Stamp(digest, authority) };

    private Task<ValidationReport> Validate(byte[] document, params byte[][] records) =>
        _world
            .Validator()
            .ValidatePdfAsync(
                new MemoryStream(document),
                _world.Fresh() with
                {
                    EvidenceRecords = [.. records.Select(record => (ReadOnlyMemory<byte>)record)],
                },
                TestContext.Current.CancellationToken
            );
}
