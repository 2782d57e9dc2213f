using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Errors;
using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using EContract.Validation.Collection;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>Documents with several signatures of which one is to be raised; signatures that can't be; what readers find of it.</summary>
public sealed class SelectedSignatureTests : IAsyncLifetime
{
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
    private static readonly byte[] Content = "契約"u8.ToArray();

    private Preservation _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Preservation.StartAsync(TimeProvider.System.GetUtcNow());
        _world.Begin(TimeSpan.FromDays(3650), TimeSpan.FromDays(1000));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Of_two_signatures_of_a_PDF_the_selected_one_gets_its_data()
    {
        var signed = await SignTwiceAsync();
        var fields = new SignatureReader(EContract.Pdf.PdfDocument.Open(signed)).Signatures.Select(s => s.FieldName).ToList();
        var serials = SerialsOfSigners(signed);
        Assert.Equal((2, 2), (fields.Count, serials.Distinct().Count()));

        var second = await _world.AugmentAsync(signed, ItemLevel.LongTerm, fields[1]);
        var raised = Preservation.Whole(signed, second);
        Assert.Contains(serials[1], SerialsWithStatus(raised));
        Assert.DoesNotContain(serials[0], SerialsWithStatus(raised));

        var both = Preservation.Whole(raised, await _world.AugmentAsync(raised, ItemLevel.LongTerm));
        Assert.Superset(serials.ToHashSet(), SerialsWithStatus(both).ToHashSet());
        Assert.Equal(2, (await PdfSig.CheckAsync(both)).Valid);
    }

    [Fact]
    public async Task Of_two_signers_of_a_CAdES_signature_the_selected_one_is_raised_and_the_other_left_as_he_is()
    {
        var signed = SignBoth();
        var before = SignedData.Decode(signed).SignerInfos;
        var order = new AugmentationOrder { Level = ItemLevel.LongTermArchive, Signatures = ["1"] };
        var raised = (await _world.ProcessAsync(signed, order, Digests())).Augmented.Bytes.ToArray();
        var after = SignedData.Decode(raised).SignerInfos;
        Assert.Empty(after[0].UnsignedAttributes);
        Assert.Equal(before[0].Signature.ToArray(), after[0].Signature.ToArray());
        Assert.Equal(before[1].Signature.ToArray(), after[1].Signature.ToArray());
        Assert.Single(after[1].UnsignedAttributes, a => a.Oid == Oids.SignatureTimeStampToken);
        var archive = Assert.Single(ArchiveTimestampV3.Find(after[1]));
        Assert.Empty(ArchiveTimestampV3.Find(after[0]));
        var digest = CryptographicOperations.HashData(ArchiveTimestampV3.HashOf(archive)!.Value, Content);
        var check = ArchiveTimestampV3.Check(SignedData.Decode(raised), after[1], archive, digest);
        Assert.Equal(ArchiveTimestampProblem.None, check.Problem);

        // Named twice he is renewed once.
        var number = after.Index().Single(s => s.Item.UnsignedAttributes.Count > 0).Index;
        var again = new AugmentationOrder
        {
            Level = ItemLevel.LongTermArchive,
            Signatures = [$"{number}", $"{number}"],
            Renew = true,
        };
        Assert.Equal(1, (await _world.ProcessAsync(raised, again, Digests())).Augmented.TimeStamps);

        // Both signers still hold for OpenSSL.
        using var folder = new TemporaryFolder();
        var (exit, output) = await ForeignTool.RunAsync(
            "openssl",
            ["cms", "-verify", "-binary", "-inform", "DER", "-in", folder.Write("a.p7s", raised), .. Verifying(folder)]
        );
        Assert.True(exit == 0, output);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("Signature1")]
    public Task A_signer_that_is_not_there_is_refused(string signature) =>
        Refusal.IsAsync(
            Fault.SignatureNotFound,
            () =>
                _world.ProcessAsync(
                    SignBoth(),
                    new AugmentationOrder { Level = ItemLevel.Timestamped, Signatures = [signature] },
                    Digests()
                )
        );

    [Theory]
    [InlineData("1.2.840.113549.1.9.16.2.27")]
    [InlineData("1.2.840.113549.1.9.16.2.48")]
    public async Task Beside_an_archive_time_stamp_of_the_older_kinds_nothing_is_added(string oid)
    {
        var signedData = SignedData.Decode(SignBoth());
        var token = await _world.Tsa.StampAsync(HashAlgorithmName.SHA256, SHA256.HashData(Content), CancellationToken.None);
        var first = signedData.SignerInfos[0] with { UnsignedAttributes = [new CmsAttribute(oid, token)] };
        var old = (signedData with { SignerInfos = [first, signedData.SignerInfos[1]] }).Encode();
        foreach (var level in new[] { ItemLevel.LongTerm, ItemLevel.LongTermArchive })
        {
            var refused = await Refusal.IsAsync(
                Fault.SignatureLevelUnavailable,
                () => _world.ProcessAsync(old, new AugmentationOrder { Level = level }, Digests())
            );
            Assert.Contains("older kind", refused.Message, StringComparison.Ordinal);
        }

        // The other signer has none. (A SET OF is in the order of its encodings: numbers are those of the bytes that are sent.)
        var number = SignedData.Decode(old).SignerInfos.Index().Single(s => s.Item.UnsignedAttributes.Count == 0).Index;
        var other = new AugmentationOrder { Level = ItemLevel.LongTerm, Signatures = [$"{number}"] };
        Assert.Equal(1, (await _world.ProcessAsync(old, other, Digests())).Augmented.TimeStamps);
    }

    [Fact]
    public async Task Which_data_belong_to_which_signature_is_written_if_wanted()
    {
        _world.Options.WriteVri = true;
        var signed = await SignTwiceAsync();
        var whole = Preservation.Whole(signed, await _world.AugmentAsync(signed, ItemLevel.LongTermArchive));
        using var folder = new TemporaryFolder();
        var (exit, json) = await ForeignTool.RunAsync("qpdf", "--json", "--json-key=qpdf", folder.Write("vri.pdf", whole));
        Assert.True(exit == 0, json);
        // ISO 32000-2 Table 261: each key is the SHA-1 digest of the whole /Contents, in upper case.
        foreach (var signature in new SignatureReader(EContract.Pdf.PdfDocument.Open(signed)).Signatures)
        {
            Assert.Contains($"\"/{Convert.ToHexString(SHA1.HashData(signature.Contents.Span))}\"", json, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await ForeignTool.RunAsync("qpdf", "--check", Path.Combine(folder.Path, "vri.pdf"))).ExitCode);
        Assert.Equal(2, (await PdfSig.CheckAsync(whole)).Valid);
        var report = await _world.ValidateOfflineAsync(whole, await _world.StatusOfNewestUnitAsync());
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
    }

    private static Dictionary<string, byte[]> Digests() =>
        new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA512 }.ToDictionary(
            hash => hash.Name!,
            hash => CryptographicOperations.HashData(hash, Content)
        );

    private string[] Verifying(TemporaryFolder folder) =>
        [
            "-content",
            folder.Write("content", Content),
            "-CAfile",
            folder.Write("root.pem", System.Text.Encoding.ASCII.GetBytes(_world.Hierarchy.RootPem)),
            "-certfile",
            folder.Write("issuing.pem", System.Text.Encoding.ASCII.GetBytes(_world.Hierarchy.Issuing.ExportCertificatePem())),
            "-purpose",
            "any",
        ];

    private static List<SerialNumber> SerialsOfSigners(byte[] pdf) =>
        [.. new SignatureReader(EContract.Pdf.PdfDocument.Open(pdf)).Signatures.Select(s => SerialOfSigner(SignedData.Decode(s.Cms)))];

    private static SerialNumber SerialOfSigner(SignedData signedData)
    {
        var carried = new CollectedSource();
        CmsMaterial.Of(signedData).AddTo(carried);
        return SignerLookup.Find(Assert.Single(signedData.SignerInfos), carried)!.Tbs.SerialNumber;
    }

    private static List<SerialNumber> SerialsWithStatus(byte[] pdf) =>
        [
            .. Preserved
                .In(pdf)
                .OcspResponses.SelectMany(o => OcspAnswer.Decode(o).Response.Data.Responses)
                .Select(single => single.CertId.SerialNumber),
        ];

    private async Task<byte[]> SignTwiceAsync()
    {
        var once = await _world.SignAsync(Contract, SignatureKind.Ecdsa, TimeSpan.FromDays(365), timestamped: false);
        return await _world.SignAsync(once, SignatureKind.Ecdsa, TimeSpan.FromDays(365), timestamped: false);
    }

    /// <summary>Two signers of one detached SignedData, by .NET.</summary>
    private byte[] SignBoth()
    {
        var signed = new SignedCms(new ContentInfo(Content), detached: true);
        for (var i = 0; i < 2; i++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var issued = _world.Hierarchy.IssueSubscriber(key.ExportSubjectPublicKeyInfo(), $"署名者{i}");
            using var certificate = X509CertificateLoader.LoadCertificate(issued);
            using var own = certificate.CopyWithPrivateKey(key);
            signed.ComputeSignature(
                new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, own)
                {
                    DigestAlgorithm = new Oid(Oids.Sha256),
                    IncludeOption = X509IncludeOption.EndCertOnly,
                }
            );
        }

        return signed.Encode();
    }
}
