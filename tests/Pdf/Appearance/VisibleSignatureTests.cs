using System.Globalization;
using EContract.Pdf.Appearance;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests.Appearance;

/// <summary>What a viewer shows: poppler renders the page and says where the words are.</summary>
public sealed class VisibleSignatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Rotation, boxes with negative or shifted corners, crop boxes, user units: the words are upright and inside the rectangle asked for.</summary>
    [Theory]
    [InlineData("", 595, 842)]
    [InlineData("/Rotate 90", 842, 595)]
    [InlineData("/Rotate 180", 595, 842)]
    [InlineData("/Rotate 270", 842, 595)]
    [InlineData("/Rotate -90", 842, 595)]
    [InlineData("/Rotate 90/MediaBox[-300 -400 300 400]", 800, 600)]
    [InlineData("/MediaBox[300 400 -300 -400]", 600, 800)]
    [InlineData("/Rotate 270/CropBox[100 50 500 750]", 700, 400)]
    [InlineData("/Rotate 180/CropBox[100 50 500 750]", 400, 700)]
    public async Task Words_stand_upright_in_the_rectangle_as_shown(string page, double width, double height)
    {
        var rectangle = new Rectangle(width * 0.3, height * 0.6, 180, 70);
        byte[] signed = Sign(TestPdf.Classic(page: page), rectangle);
        string file = _folder.Write("signed.pdf", signed);
        (_, string boxes) = await ForeignTool.RunAsync("pdftotext", "-bbox", "-cropbox", file, "-");
        // poppler names the page's size before it is turned, the words' places after.
        (double w, double h) =
            page.Contains("90", StringComparison.Ordinal) || page.Contains("270", StringComparison.Ordinal)
                ? (height, width)
                : (width, height);
        Assert.Contains(FormattableString.Invariant($"width=\"{w:F6}\" height=\"{h:F6}\""), boxes, StringComparison.Ordinal);
        (double X1, double Y1, double X2, double Y2)[] words = [.. Words(boxes)];
        Assert.True(words.Length >= 4, boxes);
        foreach ((double x1, double y1, double x2, double y2) in words)
        {
            // bbox counts y from above.
            Assert.InRange(x1, rectangle.X, rectangle.Right);
            Assert.InRange(x2, rectangle.X, rectangle.Right + 0.5);
            Assert.InRange(height - y2, rectangle.Y - 2, rectangle.Top);
            Assert.InRange(height - y1, rectangle.Y, rectangle.Top + 2);
        }
        // Read from above to below: role, name, reason, time.
        Assert.True(words[0].Y1 < words[1].Y1 && words[1].Y1 < words[^1].Y1, boxes);
        (_, string text) = await ForeignTool.RunAsync("pdftotext", file, "-");
        Assert.Contains("山田太郎", text, StringComparison.Ordinal);
        Assert.Contains("日時：2026年11月20日 17:35:00 JST", text, StringComparison.Ordinal);
    }

    /// <summary>An existing field keeps its place; the words stand upright in it on a turned page, too, whether the field names its page or not.</summary>
    [Theory]
    [InlineData("", "/P 3 0 R", "[50 50 250 110]", 50, 50, 200, 60)]
    [InlineData("/Rotate 90", "/P 3 0 R", "[50 50 110 250]", 50, 485, 200, 60)]
    [InlineData("/Rotate 90", "", "[50 50 110 250]", 50, 485, 200, 60)]
    [InlineData("/Rotate 270", "", "[50 50 110 250]", 592, 50, 200, 60)]
    public async Task An_existing_field_is_drawn_where_it_is(
        string page,
        string parent,
        string rect,
        double x,
        double y,
        double width,
        double height
    )
    {
        byte[] original = TestPdf.Classic(
            "/AcroForm<</Fields[4 0 R]>>",
            page + "/Annots[4 0 R]",
            more: [$"<</Type/Annot/Subtype/Widget/FT/Sig/T(sig){parent}/F 4/Rect{rect}>>"]
        );
        byte[] signed = TestSigner.Sign(
            original,
            TestSigner.Request with
            {
                FieldName = "sig",
                Appearance = SignatureAppearance.ForSigner("山田太郎", "債務者", "契約の締結", TestSigner.Time, JapaneseFonts.Gothic),
            }
        );
        (_, string boxes) = await ForeignTool.RunAsync("pdftotext", "-bbox", _folder.Write("signed.pdf", signed), "-");
        double pageHeight = page.Length > 0 ? 595 : 842;
        Assert.True(Words(boxes).Count() >= 4, boxes);
        Assert.All(
            Words(boxes),
            word =>
            {
                Assert.InRange(word.X1, x, x + width);
                Assert.InRange(word.X2, x, x + width + 0.5);
                Assert.InRange(pageHeight - word.Y2, y - 2, y + height);
                Assert.InRange(pageHeight - word.Y1, y, y + height + 2);
            }
        );
    }

    [Theory]
    [InlineData(300, 200)]
    [InlineData(120, 40)]
    [InlineData(60, 60)]
    [InlineData(400, 16)]
    public async Task Text_shrinks_and_wraps_until_it_fits(double width, double height)
    {
        var rectangle = new Rectangle(50, 50, width, height);
        string file = _folder.Write(
            "signed.pdf",
            Sign(TestPdf.Classic(), rectangle, "金銭消費貸借契約書（契約番号 ML-2026-001234）の内容に同意し、電子署名を行います。")
        );
        (_, string boxes) = await ForeignTool.RunAsync("pdftotext", "-bbox", file, "-");
        Assert.All(
            Words(boxes),
            word =>
            {
                Assert.InRange(word.X1, 50, 50 + width);
                Assert.InRange(word.X2, 50, 50 + width + 0.5);
                Assert.InRange(842 - word.Y2, 49, 50 + height);
                Assert.InRange(842 - word.Y1, 50, 51 + height);
            }
        );
    }

    [Fact]
    public void Text_that_nobody_could_read_is_refused() =>
        Assert.Equal(
            PdfRefusal.TextDoesNotFit,
            Assert.Throws<PdfRefusedException>(() => Sign(TestPdf.Classic(), new Rectangle(50, 50, 20, 6))).Reason
        );

    [Fact]
    public void A_character_that_no_font_has_is_refused_instead_of_shown_as_a_box()
    {
        var refused = Assert.Throws<PdfRefusedException>(() => Sign(TestPdf.Classic(), new Rectangle(50, 50, 200, 80), "\U0001F600"));
        Assert.Equal(PdfRefusal.FontUnusable, refused.Reason);
        Assert.Contains("U+1F600", refused.Detail, StringComparison.Ordinal);
    }

    /// <summary>Kanji beyond the BMP (𠮟, 𩸽) and compatibility forms are in names; IPA has the JIS X 0213 ones.</summary>
    [Fact]
    public async Task Rare_kanji_are_shown_and_can_be_copied()
    {
        string file = _folder.Write("signed.pdf", Sign(TestPdf.Classic(), new Rectangle(50, 50, 200, 80), "𠮟𩸽髙﨑"));
        (_, string text) = await ForeignTool.RunAsync("pdftotext", file, "-");
        Assert.Contains("𠮟𩸽髙", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 8, false)]
    [InlineData(0, 1, false)]
    [InlineData(0, 16, true)]
    [InlineData(2, 8, false)]
    [InlineData(2, 16, false)]
    [InlineData(3, 1, false)]
    [InlineData(3, 4, true)]
    [InlineData(3, 8, false)]
    [InlineData(4, 8, false)]
    [InlineData(6, 8, true)]
    [InlineData(6, 16, false)]
    public async Task A_seal_from_any_png_is_drawn(int colorType, int bits, bool interlaced)
    {
        byte[] signed = TestSigner.Sign(
            TestPdf.Classic(),
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(1, new Rectangle(100, 100, 100, 100)),
                Appearance = new SignatureAppearance
                {
                    Texts = [],
                    Fonts = [],
                    Image = AppearanceImage.Read(TestImages.Png(colorType, bits, interlaced)),
                    Border = false,
                },
            }
        );
        string file = _folder.Write("signed.pdf", signed);
        Assert.Equal(0, (await ForeignJudges.QpdfAsync(file)).Severity);
        string image = Path.Combine(_folder.Path, "page");
        await ForeignTool.RunAsync("pdftoppm", "-r", "36", "-singlefile", file, image);
        byte[] ppm = await File.ReadAllBytesAsync(image + ".ppm", TestContext.Current.CancellationToken);
        // At 36 dpi a point is half a pixel: the disc's centre (150, 150 from below) is dark or red, its corner (103, 103) is white.
        Assert.True(Pixel(ppm, 75, 421 - 75).G < 60);
        Assert.True(Pixel(ppm, 52, 421 - 52) is { R: > 240, G: > 240, B: > 240 });
        Assert.Equal(colorType is 2 or 3 or 6, Pixel(ppm, 75, 421 - 75).R > 150);
    }

    [Fact]
    public async Task A_jpeg_is_embedded_as_it_is()
    {
        byte[] signed = TestSigner.Sign(
            TestPdf.Classic(),
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(1, new Rectangle(100, 100, 200, 100)),
                Appearance = SignatureAppearance.ForSigner("山田太郎", null, null, null, JapaneseFonts.Gothic) with
                {
                    Image = AppearanceImage.Read(TestImages.Jpeg),
                },
            }
        );
        Assert.True(signed.AsSpan().IndexOf(TestImages.Jpeg) > 0);
        (int exit, string list) = await ForeignTool.RunAsync("pdfimages", "-list", _folder.Write("signed.pdf", signed));
        Assert.True(exit == 0 && list.Contains("jpeg", StringComparison.Ordinal), list);
    }

    [Theory]
    [InlineData("GIF89a")]
    [InlineData("\u0089PNG\r\n\u001A\n")]
    [InlineData("")]
    public void What_is_no_image_is_refused(string bytes) =>
        Assert.Equal(
            PdfRefusal.ImageUnusable,
            Assert.Throws<PdfRefusedException>(() => AppearanceImage.Read(System.Text.Encoding.Latin1.GetBytes(bytes))).Reason
        );

    [Fact]
    public async Task Only_the_glyphs_in_use_are_embedded()
    {
        byte[] original = TestPdf.Classic();
        byte[] signed = Sign(original, new Rectangle(50, 50, 200, 80));
        Assert.True(signed.Length - original.Length < 40_000, $"{signed.Length - original.Length} bytes for a signature");
        (_, string fonts) = await ForeignTool.RunAsync("pdffonts", _folder.Write("signed.pdf", signed));
        Assert.Matches(@"[A-Z]{6}\+IPAGothic\s+CID TrueType\s+Identity-H\s+yes yes yes", fonts);
    }

    private static byte[] Sign(byte[] original, Rectangle rectangle, string reason = "契約の締結") =>
        TestSigner.Sign(
            original,
            TestSigner.Request with
            {
                Placement = new SignaturePlacement(1, rectangle),
                Appearance = SignatureAppearance.ForSigner("山田太郎", "債務者", reason, TestSigner.Time, JapaneseFonts.Gothic),
            }
        );

    private static IEnumerable<(double X1, double Y1, double X2, double Y2)> Words(string boxes) =>
        System
            .Text.RegularExpressions.Regex.Matches(boxes, "<word xMin=\"([^\"]+)\" yMin=\"([^\"]+)\" xMax=\"([^\"]+)\" yMax=\"([^\"]+)\"")
            .Select(m =>
            {
                double N(int group) => double.Parse(m.Groups[group].Value, CultureInfo.InvariantCulture);
                return (N(1), N(2), N(3), N(4));
            });

    private static (byte R, byte G, byte B) Pixel(byte[] ppm, int x, int y)
    {
        // "P6\nwidth height\n255\n"
        string[] head = System.Text.Encoding.ASCII.GetString(ppm, 0, 20).Split((char[])[' ', '\n'], 5);
        int data = head[0].Length + head[1].Length + head[2].Length + head[3].Length + 4;
        int at = data + (y * int.Parse(head[1], CultureInfo.InvariantCulture) + x) * 3;
        return (ppm[at], ppm[at + 1], ppm[at + 2]);
    }
}
