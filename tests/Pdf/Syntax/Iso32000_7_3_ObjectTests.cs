using System.Text;
using EContract.Pdf.Syntax;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pdf.Tests.Syntax;

/// <summary>Objects are read as ISO 32000-2 §7.3 says, in its own examples and in the ways that files really are written.</summary>
public sealed class Iso32000_7_3_ObjectTests
{
    [Theory]
    [InlineData("123", "123")]
    [InlineData("+17", "17")]
    [InlineData("-98", "-98")]
    [InlineData("34.5", "34.5")]
    [InlineData("-.002", "-.002")]
    [InlineData("4.", "4.")]
    [InlineData("--5", "--5")]
    [InlineData("/Name1", "/Name1")]
    [InlineData("/A;Name_With-Various***Characters?", "/A;Name_With-Various***Characters?")]
    [InlineData("/Lime#20Green", "/Lime#20Green")]
    [InlineData("/paired#28#29parentheses", "/paired#28#29parentheses")]
    [InlineData("/The_Key_of_F#23_Minor", "/The_Key_of_F#23_Minor")]
    [InlineData("/A#42", "/AB")]
    [InlineData("/#", "/#23")]
    [InlineData("(Strings can contain (balanced) parentheses)", "(Strings can contain \\(balanced\\) parentheses)")]
    [InlineData("(a\\\nb)", "(ab)")]
    [InlineData("(a\r\nb)", "(a\\nb)")]
    [InlineData("(\\0053\\53\\5)", "(\u00053+\u0005)")]
    [InlineData("(\\q)", "(q)")]
    [InlineData("<4E6F76>", "<4E6F76>")]
    [InlineData("<901 FA>", "<901FA0>")]
    [InlineData("<>", "<>")]
    [InlineData("[549 3.14 false(Ralph)/SomeName]", "[549 3.14 false(Ralph)/SomeName]")]
    [InlineData("[1 0 R 2 3]", "[1 0 R 2 3]")]
    [InlineData("[1 2 0 R]", "[1 2 0 R]")]
    [InlineData("<</A 1/B<</C[null]>>>>", "<</A 1/B<</C[null]>>>>")]
    [InlineData("<</A 1/A 2>>", "<</A 2>>")]
    [InlineData(" % a comment\n true", "true")]
    public void Is_read_and_written(string text, string written) => Assert.Equal(written, Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("[1 2")]
    [InlineData("<</A 1")]
    [InlineData("<</A>>")]
    [InlineData("<<1 2>>")]
    [InlineData("(never closed")]
    [InlineData("<4G>")]
    [InlineData("<41")]
    [InlineData("[endobj")]
    [InlineData("12abc")]
    [InlineData(")")]
    [InlineData("obj")]
    public void Is_malformed(string text) => Assert.Throws<MalformedException>(() => Parse(text));

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Throws<MalformedException>(() => Parse(new string('[', 1_000_000)));
        Assert.Throws<MalformedException>(() => Parse(string.Concat(Enumerable.Repeat("<</A", 100_000))));
    }

    [Fact]
    public void Many_small_objects_are_bounded() =>
        Assert.Equal(
            PdfRefusal.TooLarge,
            Assert.Throws<PdfRefusedException>(() => Parse($"[{string.Concat(Enumerable.Repeat("[]", 600_000))}]")).Reason
        );

    [Theory]
    [InlineData("契約の締結")]
    [InlineData("plain (ASCII) \\ text")]
    [InlineData("𠮟る")]
    [InlineData("")]
    public void Text_survives(string text) => Assert.Equal(text, ((PdfString)Parse(PdfString.Text(text).ToString())).ToText());

    [Fact]
    public void Dates_have_their_offset()
    {
        var tokyo = new DateTimeOffset(2026, 11, 20, 17, 35, 1, TimeSpan.FromHours(9));
        Assert.Equal("(D:20261120173501+09'00')", PdfString.Date(tokyo).ToString().Replace("\\", "", StringComparison.Ordinal));
        Assert.Equal("(D:20261120083501Z)", PdfString.Date(tokyo.ToUniversalTime()).ToString());
    }

    /// <summary>Whatever parses is written so that it parses to the same.</summary>
    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        Gen<PdfObject> leaf = Gen.OneOf(
            ArbMap.Default.GeneratorFor<int>().Select(i => (PdfObject)PdfInteger.Of(i)),
            ArbMap.Default.GeneratorFor<byte[]>().Select(b => (PdfObject)PdfString.Hex(b ?? [])),
            ArbMap.Default.GeneratorFor<byte[]>().Select(b => (PdfObject)new PdfString(b ?? [], hex: false)),
            ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => (PdfObject)new PdfName(Latin(s.Get))),
            Gen.Choose(1, 1000).Select(i => (PdfObject)new PdfReference(i, i % 3)),
            Gen.Elements<PdfObject>(PdfNull.Instance, PdfBoolean.True, PdfBoolean.False, new PdfReal(-0.125))
        );
        Gen<PdfObject> tree = Gen.OneOf(
            leaf,
            leaf.ListOf().Select(items => (PdfObject)new PdfArray([.. items])),
            leaf.ListOf()
                .Select(items =>
                {
                    var dictionary = new PdfDictionary();
                    foreach (PdfObject item in items)
                    {
                        dictionary.Set($"K{dictionary.Count}", item);
                    }
                    return (PdfObject)dictionary;
                })
        );
        Prop.ForAll(tree.ToArbitrary(), value => Parse(value.ToString()).ToString() == value.ToString()).QuickCheckThrowOnFailure();
    }

    /// <summary>An object cut by the end of a window is read through a larger one: the result never depends on where windows end.</summary>
    [Fact]
    public void Windows_do_not_change_what_is_read()
    {
        byte[] document = Corpus.Read("unsigned/pdfbox__SimpleForm2Fields.pdf");
        PdfDocument whole = PdfDocument.Open(document);
        for (int padding = 4080; padding < 4100; padding++)
        {
            byte[] moved =
            [
                .. Encoding.ASCII.GetBytes($"%PDF-1.4\n%{new string('x', padding)}\n1 0 obj\n"),
                .. Encoding.ASCII.GetBytes(whole.Catalog.ToString()),
                .. "\nendobj\n"u8,
            ];
            using var stream = new MemoryStream(moved);
            IndirectObject read = new StreamSource(stream).ParseAt(9, PdfLimits.Default, (ref ObjectParser parser) => parser.Indirect());
            Assert.Equal(whole.Catalog.ToString(), read.Value.ToString());
        }
    }

    private static string Latin(string text) => string.Concat(text.Select(c => (char)(c % 255 + 1)));

    private static PdfObject Parse(string text) =>
        new ObjectParser(Encoding.Latin1.GetBytes(text), 0, final: true, PdfLimits.Default).Object();
}
