using EContract.Pdf.Reading;
using EContract.Pdf.Syntax;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>DocMDP, FieldMDP, locks and seed values: what an earlier signature or the field's author forbids isn't signed (ISO 32000-2 §12.8.2, §12.7.5.5).</summary>
public sealed class Iso32000_12_8_2_PermissionTests(NssDatabase nss) : IClassFixture<NssDatabase>, IDisposable
{
    private static readonly byte[] Plain = TestPdf.Classic();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_certification_without_changes_admits_no_further_signature()
    {
        byte[] certified = TestSigner.Sign(Plain, TestSigner.Request with { Certification = CertificationLevel.NoChanges });
        AssertRefused(PdfRefusal.ChangesForbidden, certified, TestSigner.Request);
    }

    [Theory]
    [InlineData(CertificationLevel.FormFilling)]
    [InlineData(CertificationLevel.Annotating)]
    public async Task A_certification_that_allows_signing_stays_valid_beside_an_approval(CertificationLevel level)
    {
        byte[] certified = TestSigner.Sign(Plain, TestSigner.Request with { Certification = level });
        byte[] approved = TestSigner.Sign(certified);
        (int valid, _, string output) = await ForeignJudges.PdfsigAsync(_folder.Write("a.pdf", approved), nss.Path);
        Assert.True(valid == 2, output);
        var reader = new SignatureReader(PdfDocument.Open(approved));
        Assert.Equal([level, CertificationLevel.None], reader.Signatures.Select(s => s.Certification));
        Assert.Equal([SignatureCoverage.Revision, SignatureCoverage.File], reader.Signatures.Select(s => s.Coverage));
    }

    [Fact]
    public void Only_the_first_signature_can_certify() =>
        AssertRefused(
            PdfRefusal.CertificationNotFirst,
            TestSigner.Sign(Plain),
            TestSigner.Request with
            {
                Certification = CertificationLevel.FormFilling,
            }
        );

    [Fact]
    public void A_document_time_stamp_is_added_even_where_no_change_is_allowed()
    {
        byte[] certified = TestSigner.Sign(Plain, TestSigner.Request with { Certification = CertificationLevel.NoChanges });
        byte[] stamped = TestSigner.Sign(
            certified,
            new SignatureRequest { Format = SignatureFormat.DocumentTimeStamp, ContentsSize = 8192 }
        );
        EmbeddedSignature stamp = new SignatureReader(PdfDocument.Open(stamped)).Signatures[^1];
        Assert.True(stamp.IsTimeStamp);
        Assert.Equal("TimeStamp1", stamp.FieldName);
        Assert.Null(stamp.Time);
        Assert.Equal("DocTimeStamp", ((PdfName)stamp.Dictionary["Type"]!).Value);
    }

    [Fact]
    public void A_locked_field_is_not_filled_and_others_are()
    {
        byte[] fields = TestPdf.WithEmptyFields("乙", "丙");
        byte[] locked = TestSigner.Sign(fields, TestSigner.Request with { Lock = new FieldLock(FieldLockAction.Include, ["丙"]) });
        AssertRefused(PdfRefusal.FieldLocked, locked, TestSigner.Request with { FieldName = "丙" });
        byte[] signed = TestSigner.Sign(locked, TestSigner.Request with { FieldName = "乙" });
        Assert.Equal(["Signature1", "乙"], new SignatureReader(PdfDocument.Open(signed)).Signatures.Select(s => s.FieldName));
    }

    [Fact]
    public void A_lock_of_all_but_some_leaves_those_to_be_filled()
    {
        byte[] locked = TestSigner.Sign(
            TestPdf.WithEmptyFields("乙", "丙"),
            TestSigner.Request with
            {
                Lock = new FieldLock(FieldLockAction.Exclude, ["丙"]),
            }
        );
        AssertRefused(PdfRefusal.FieldLocked, locked, TestSigner.Request with { FieldName = "乙" });
        TestSigner.Sign(locked, TestSigner.Request with { FieldName = "丙" });
    }

    [Fact]
    public void The_lock_that_a_field_demands_is_signed_with_it()
    {
        byte[] fields = TestPdf.WithField("(甲)/Lock<</Type/SigFieldLock/Action/All>>");
        byte[] signed = TestSigner.Sign(fields, TestSigner.Request with { FieldName = "甲" });
        Assert.Equal(FieldLockAction.All, Assert.Single(new SignatureReader(PdfDocument.Open(signed)).Signatures[0].Locks).Action);
    }

    [Fact]
    public void A_lock_that_forbids_every_change_is_kept()
    {
        byte[] fields = TestPdf.WithField("(甲)/Lock<</Type/SigFieldLock/Action/All/P 1>>");
        byte[] signed = TestSigner.Sign(fields, TestSigner.Request with { FieldName = "甲" });
        AssertRefused(PdfRefusal.ChangesForbidden, signed, TestSigner.Request);
    }

    [Theory]
    [InlineData("/Ff 2/SubFilter[/adbe.pkcs7.sha1]")]
    [InlineData("/Ff 8/Reasons[(別の理由)]")]
    [InlineData("/Ff 8/Reasons[(.)]")]
    [InlineData("/Ff 64/DigestMethod[(SHA512)]")]
    [InlineData("/Ff 1/Filter/Other.Handler")]
    [InlineData("/MDP<</P 2>>")]
    public void A_required_seed_value_that_is_not_met_is_refused(string seed) =>
        AssertRefused(PdfRefusal.SeedValueViolated, TestPdf.WithField($"(甲)/SV<<{seed}>>"), TestSigner.Request with { FieldName = "甲" });

    [Theory]
    [InlineData("/Ff 2/SubFilter[/ETSI.CAdES.detached/adbe.pkcs7.detached]")]
    [InlineData("/SubFilter[/adbe.pkcs7.sha1]")]
    [InlineData("/Ff 64/DigestMethod[(SHA256)(SHA512)]")]
    [InlineData("/MDP<</P 0>>")]
    public void A_seed_value_that_is_met_or_only_wished_for_is_signed(string seed) =>
        TestSigner.Sign(TestPdf.WithField($"(甲)/SV<<{seed}>>"), TestSigner.Request with { FieldName = "甲" });

    [Fact]
    public void A_signed_field_is_not_signed_again() =>
        AssertRefused(PdfRefusal.FieldAlreadySigned, TestSigner.Sign(Plain), TestSigner.Request with { FieldName = "Signature1" });

    [Fact]
    public void A_text_field_is_no_place_for_a_signature() =>
        AssertRefused(PdfRefusal.NotASignatureField, TestPdf.WithField("(甲)", "Tx"), TestSigner.Request with { FieldName = "甲" });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-2)]
    public void A_page_that_does_not_exist_is_named(int page) =>
        AssertRefused(
            PdfRefusal.NoSuchPage,
            Plain,
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(page, new Rectangle(10, 10, 100, 50)),
            }
        );

    [Theory]
    [InlineData(-1, 10, 100, 50)]
    [InlineData(10, 800, 100, 50)]
    [InlineData(500, 10, 100, 50)]
    [InlineData(10, 10, 0, 50)]
    [InlineData(double.NaN, 10, 100, 50)]
    public void A_rectangle_outside_the_visible_page_is_refused(double x, double y, double width, double height) =>
        AssertRefused(
            PdfRefusal.RectangleOutsidePage,
            Plain,
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(1, new Rectangle(x, y, width, height)),
            }
        );

    private static void AssertRefused(PdfRefusal reason, byte[] document, SignatureRequest request) =>
        Assert.Equal(reason, Assert.Throws<PdfRefusedException>(() => PdfSigning.Prepare(document, request)).Reason);
}
