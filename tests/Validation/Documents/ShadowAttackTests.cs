using System.Text;
using System.Text.RegularExpressions;
using EContract.Pdf;
using EContract.Validation.Conclusions;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Validation.Tests.Documents;

/// <summary>
/// Attacks on a validly signed document by what is appended to it (shadow attacks: hide, replace, hide and replace; overlays, annotations, another catalog,
/// XMP), and by a signature that covers less than it seems. None may end in TOTAL-PASSED, and each is named.
/// </summary>
public sealed partial class ShadowAttackTests : IDisposable
{
    private readonly SigningWorld _world = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Theory]
    // Hide: an image that hid the text is taken away. Replace: another text. Hide and replace: another page tree by the cross-reference alone.
    [InlineData("5 0 obj<</Length 4>>stream\nQ q \nendstream endobj", "Contents")]
    [InlineData(
        "8 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream endobj",
        "XObject"
    )]
    [InlineData("2 0 obj<</Type/Pages/Kids[6 0 R]/Count 1>>endobj", "Pages")]
    [InlineData(
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R/Resources<</XObject<</X 8 0 R>>>>/Annots[4 0 R 7 0 R]>>endobj",
        "Contents"
    )]
    // A form overlay over the whole page, a free text over the amount.
    [InlineData("4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(1)/F 4/P 3 0 R/Rect[0 0 595 842]>>endobj", "Rect")]
    [InlineData("7 0 obj<</Type/Annot/Subtype/FreeText/Contents(900)/Rect[0 0 595 842]>>endobj", "Annots")]
    // What an annotation looks like, by its appearance alone.
    [InlineData("14 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 4>>stream\nQ q \nendstream endobj", "AP")]
    // A layer that was off is on, by the default state alone.
    [InlineData("13 0 obj<</ON[12 0 R]>>endobj", "OCProperties")]
    [InlineData("12 0 obj<</Type/OCG/Name(amount)/Usage<</View<</ViewState/ON>>>>>>endobj", "OCProperties")]
    // Layers and scripts.
    [InlineData("1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R/OCProperties<</OCGs[]/D<<>>>>>>endobj", "OCProperties")]
    [InlineData("1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R/OpenAction<</S/JavaScript/JS(x)>>>>endobj", "OpenAction")]
    public async Task What_changes_what_is_shown_is_found(string update, string where)
    {
        var report = await Validate(Append(Signed(), update));
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(
            report.Conclusion.Findings,
            f => f.Code == FindingCode.ChangeNotAllowed && f.Detail.Contains(where, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Hidden_content_of_the_signed_revision_is_found_when_a_cross_reference_alone_turns_to_it()
    {
        // The signed bytes hold a second body of page 3; the update is a cross-reference without a single object.
        var signed = _world.SignPdf(Document("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R>>endobj\n"));
        var hidden = Encoding.Latin1.GetString(signed).LastIndexOf("3 0 obj<</Type/Page/", StringComparison.Ordinal);
        var report = await Validate(TurnTo(signed, null, (3, hidden)));
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(
            report.Conclusion.Findings,
            f => f.Code == FindingCode.ChangeNotAllowed && f.Detail.Contains("Contents", StringComparison.Ordinal)
        );
        Assert.Contains(report.DocumentFindings, f => f.Code == FindingCode.DuplicateObject);
    }

    [Fact]
    public async Task A_hidden_catalog_is_found_when_the_trailer_turns_to_it()
    {
        // Both contracts were in the signed bytes, each with its own catalog.
        var signed = _world.SignPdf(
            Document("30 0 obj<</Type/Catalog/Pages 31 0 R/AcroForm 10 0 R>>endobj\n31 0 obj<</Type/Pages/Kids[6 0 R]/Count 1>>endobj\n")
        );
        var text = Encoding.Latin1.GetString(signed);
        var report = await Validate(
            TurnTo(
                signed,
                30,
                (30, text.IndexOf("30 0 obj<</Type/Catalog", StringComparison.Ordinal)),
                (31, text.IndexOf("31 0 obj<</Type/Pages", StringComparison.Ordinal))
            )
        );
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(
            report.Conclusion.Findings,
            f => f.Code == FindingCode.ChangeNotAllowed && f.Detail.Contains("another catalog", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_signatures_own_appearance_cant_be_exchanged()
    {
        var signed = Signed();
        var text = Encoding.Latin1.GetString(signed);
        var type = SignatureType().Match(text).Index;
        var from = text.LastIndexOf(" 0 obj", type, StringComparison.Ordinal);
        from = text.LastIndexOfAny(['\n', '\r'], from) + 1;
        var widget = text[from..(text.IndexOf("endobj", type, StringComparison.Ordinal) + "endobj".Length)];
        var report = await Validate(Append(signed, Appearance().Replace(widget, "/AP<</N 14 0 R>>")));
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(
            report.Conclusion.Findings,
            f => f.Code == FindingCode.ChangeNotAllowed && f.Detail.Contains("/AP", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(900)/F 4/P 3 0 R/Rect[50 50 250 110]>>endobj", "TOTAL-PASSED")]
    [InlineData("11 0 obj<</Type/Metadata/Subtype/XML/Length 1>>stream\n \nendstream endobj", "TOTAL-PASSED")]
    public async Task What_a_signature_allows_does_no_harm(string update, string conclusion) =>
        Assert.Equal(conclusion, (await Validate(Append(Signed(), update))).Conclusion.ToString());

    [Fact]
    public async Task A_certification_that_allows_nothing_is_obeyed()
    {
        var certified = Signed(new SignatureRequest { ContentsSize = 8192, Certification = CertificationLevel.NoChanges });
        var filled = Append(
            certified,
            "4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(900)/F 4/P 3 0 R/Rect[50 50 250 110]>>endobj"
        );
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", (await Validate(filled)).Conclusion.ToString());
        Assert.Equal("TOTAL-PASSED", (await Validate(certified)).Conclusion.ToString());
    }

    [Fact]
    public async Task A_locked_field_stays_as_it_was()
    {
        var locked = Signed(new SignatureRequest { ContentsSize = 8192, Lock = new FieldLock(FieldLockAction.Include, ["amount"]) });
        var filled = Append(locked, "4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(900)/F 4/P 3 0 R/Rect[50 50 250 110]>>endobj");
        var report = await Validate(filled);
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(report.Conclusion.Findings, f => f.Code == FindingCode.LockedFieldChanged);
    }

    [Fact]
    public async Task A_signature_that_was_taken_away_is_still_told()
    {
        var removed = Append(Signed(), "10 0 obj<</Fields[4 0 R]>>endobj");
        var report = await Validate(removed);
        var signature = Assert.Single(report.Signatures);
        Assert.Equal("removed-signature-1", signature.Id);
        Assert.Equal(_world.Signer, signature.SigningCertificate!.Encoded.ToArray());
        Assert.Equal("INDETERMINATE/SIG_CONSTRAINTS_FAILURE", report.Conclusion.ToString());
        Assert.Contains(report.Conclusion.Findings, f => f.Code == FindingCode.SignatureRemoved);
    }

    [Fact]
    public async Task An_object_that_one_revision_defines_twice_is_told()
    {
        // The second body is of page 3 and shows something else; the cross-reference names the first.
        var original = Document("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R>>endobj\n");
        var report = await Validate(_world.SignPdf(original));
        Assert.Contains(
            report.DocumentFindings,
            f => f.Code == FindingCode.DuplicateObject && f.Detail.Contains("object 3 ", StringComparison.Ordinal)
        );
        Assert.Empty((await Validate(Signed())).DocumentFindings);
    }

    [Fact]
    public async Task A_byte_range_that_leaves_out_more_than_the_contents_has_failed()
    {
        var signed = Encoding.Latin1.GetString(Signed());
        // As many digits, but the gap begins one byte early.
        var wrapped = ByteRange()
            .Replace(signed, m => $"[0 {long.Parse(m.Groups[1].Value) - 1} {m.Groups[2].Value} {m.Groups[3].Value}]", 1);
        var report = await Validate(Encoding.Latin1.GetBytes(wrapped));
        Assert.Equal("TOTAL-FAILED/FORMAT_FAILURE", report.Conclusion.ToString());
        Assert.Equal(FindingCode.ByteRangeUnsound, report.Conclusion.Findings[0].Code);
    }

    [Fact]
    public async Task Contents_of_an_attached_signature_sign_themselves_and_not_the_document()
    {
        var original = Document();
        var prepared = PdfSigning.Prepare(original, new SignatureRequest { ContentsSize = 8192 });
        var attached = _world.Sign(new byte[] { 1, 2, 3 }, attached: true).Encode();
        var report = await Validate(PdfSigning.Complete(original, prepared, attached));
        Assert.Equal("TOTAL-FAILED/FORMAT_FAILURE", report.Conclusion.ToString());
    }

    private Task<ValidationReport> Validate(byte[] document) =>
        _world.Validator().ValidatePdfAsync(new MemoryStream(document), _world.Fresh(), Cancellation);

    private byte[] Signed(SignatureRequest? request = null) => _world.SignPdf(Document(), request: request);

    /// <summary>A page with a text, an image, a field and a note; page 6 and its content 9 wait in the shadow.</summary>
    private static byte[] Document(string more = "")
    {
        string[] objects =
        [
            "<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R/Metadata 11 0 R/OCProperties<</OCGs[12 0 R]/D 13 0 R>>>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</XObject<</X 8 0 R>>>>/Annots[4 0 R 7 0 R]>>",
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/F 4/P 3 0 R/Rect[50 50 250 110]>>",
            "<</Length 4>>stream\nq Q \nendstream",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R>>",
            "<</Type/Annot/Subtype/Text/Contents(note)/Rect[1 1 20 20]/AP<</N 14 0 R>>>>",
            "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n1\nendstream",
            "<</Length 4>>stream\nQ Q \nendstream",
            "<</Fields[4 0 R]>>",
            "<</Type/Metadata/Subtype/XML/Length 2>>stream\n  \nendstream",
            "<</Type/OCG/Name(amount)>>",
            "<</OFF[12 0 R]>>",
            "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 4>>stream\nq Q \nendstream",
        ];
        var text = new StringBuilder("%PDF-1.7\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(text.Length);
            text.Append(i + 1).Append(" 0 obj").Append(objects[i]).Append("endobj\n");
        }

        text.Append(more);
        var start = text.Length;
        text.Append("xref\n0 ").Append(objects.Length + 1).Append("\n0000000000 65535 f \n");
        offsets.ForEach(offset => text.Append(offset.ToString("D10")).Append(" 00000 n \n"));
        text.Append("trailer<</Size ").Append(objects.Length + 1).Append("/Root 1 0 R>>\nstartxref\n").Append(start).Append("\n%%EOF\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>An update that replaces the objects whose definitions are given.</summary>
    private static byte[] Append(byte[] signed, string update)
    {
        var before = Encoding.Latin1.GetString(signed);
        var previous = StartXref().Matches(before)[^1].Groups[1].Value;
        var root = Root().Matches(before)[^1].Value;
        var size = Size().Matches(before).Max(m => int.Parse(m.Groups[1].Value));
        var number = int.Parse(update[..update.IndexOf(' ')]);
        var text = new StringBuilder(before);
        var offset = text.Length;
        text.Append(update).Append('\n');
        var start = text.Length;
        text.Append("xref\n").Append(number).Append(" 1\n").Append(offset.ToString("D10")).Append(" 00000 n \n");
        text.Append("trailer<</Size ").Append(size).Append(root).Append("/Prev ").Append(previous).Append(">>\nstartxref\n");
        return Encoding.Latin1.GetBytes(text.Append(start).Append("\n%%EOF\n").ToString());
    }

    /// <summary>An update that holds nothing but a cross-reference to bodies that are there already.</summary>
    private static byte[] TurnTo(byte[] signed, int? root, params (int Number, int Offset)[] entries)
    {
        var before = Encoding.Latin1.GetString(signed);
        var text = new StringBuilder(before).Append("xref\n");
        foreach (var (number, offset) in entries)
        {
            text.Append(number).Append(" 1\n").Append(offset.ToString("D10")).Append(" 00000 n \n");
        }

        var size = Math.Max(Size().Matches(before).Max(m => int.Parse(m.Groups[1].Value)), entries.Max(e => e.Number) + 1);
        text.Append("trailer<</Size ").Append(size);
        text.Append(root is { } other ? $"/Root {other} 0 R" : Root().Matches(before)[^1].Value);
        text.Append("/Prev ").Append(StartXref().Matches(before)[^1].Groups[1].Value);
        return Encoding.Latin1.GetBytes(text.Append(">>\nstartxref\n").Append(before.Length).Append("\n%%EOF\n").ToString());
    }

    [GeneratedRegex(@"startxref\s+(\d+)")]
    private static partial Regex StartXref();

    [GeneratedRegex(@"/AP\s*<<[^>]*>>")]
    private static partial Regex Appearance();

    [GeneratedRegex(@"/FT\s*/Sig")]
    private static partial Regex SignatureType();

    [GeneratedRegex(@"/Root \d+ 0 R")]
    private static partial Regex Root();

    [GeneratedRegex(@"/Size (\d+)")]
    private static partial Regex Size();

    [GeneratedRegex(@"\[0 (\d+) (\d+) (\d+)\]")]
    private static partial Regex ByteRange();
}
