using System.Text;
using EContract.Pdf.Appearance;
using EContract.Pdf.Fonts;
using EContract.Pdf.Reading;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>
/// Mutated documents, images and fonts. Invariants: nothing is thrown but <see cref="MalformedException"/> and <see cref="PdfRefusedException"/>;
/// what is signed nevertheless has the mutant as its prefix and reads back with the signature covering the file; every run ends.
/// ECONTRACT_LONG=1 runs many more.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 200_000 : 8_000;

    private static readonly string[] Tokens =
    [
        "0",
        "-1",
        "99999999999999999999",
        "2147483647",
        "4294967296",
        "1 0 R",
        "3 0 R",
        "null",
        "<<",
        ">>",
        "[",
        "]",
        "(",
        ")",
        "<",
        "endobj",
        "stream\n",
        "/Kids",
        "/Prev 0",
        "/XRefStm 9",
        "/Length 99999999",
        "/W[8 8 8]",
        "/Index[0 8388607]",
        "%",
        "%%EOF",
        "xref\n",
        "trailer\n",
        "startxref\n0\n",
        "/Encrypt<<>>",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_documents_are_signed_or_refused(int seed)
    {
        byte[][] corpus = [.. Corpus.Unsigned.Concat(Corpus.Signed).Select(Corpus.Read).Where(file => file.Length < 60_000)];
        var random = new Random(seed);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] mutant = Mutate(corpus[random.Next(corpus.Length)], random);
            try
            {
                SignAndRead(mutant);
            }
            catch (Exception e) when (e is MalformedException or PdfRefusedException) { }
            catch (Exception e)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"econtract-fuzz-{seed}-{i}.pdf");
                File.WriteAllBytes(kept, mutant);
                throw new InvalidOperationException($"seed {seed}, round {i}, kept as {kept}", e);
            }
        }
    }

    [Fact]
    public void Mutated_fonts_are_read_or_refused()
    {
        byte[] font = File.ReadAllBytes("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf");
        var random = new Random(3);
        for (int i = 0; i < Rounds / 200; i++)
        {
            byte[] mutant = (byte[])font.Clone();
            for (int k = random.Next(1, 20); k > 0; k--)
            {
                // The directory and the small tables at the front, where structure is.
                mutant[random.Next(random.Next(2) == 0 ? 400 : mutant.Length)] = (byte)random.Next(256);
            }
            try
            {
                TestSigner.Sign(
                    TestPdf.Classic(),
                    TestSigner.Request with
                    {
                        Placement = new SignaturePlacement(1, new Rectangle(50, 50, 200, 80)),
                        Appearance = SignatureAppearance.ForSigner("山田太郎", "債務者", null, TestSigner.Time, TrueTypeFont.Read(mutant)),
                    }
                );
            }
            catch (Exception e) when (e is MalformedException or PdfRefusedException) { }
        }
    }

    [Fact]
    public void Mutated_images_are_read_or_refused()
    {
        var random = new Random(4);
        byte[][] images = [TestImages.Png(2, 8), TestImages.Png(6, 8), TestImages.Png(3, 4), TestImages.Png(0, 16), TestImages.Jpeg];
        for (int i = 0; i < Rounds; i++)
        {
            try
            {
                AppearanceImage.Read(Mutate(images[random.Next(images.Length)], random));
            }
            catch (PdfRefusedException) { }
        }
    }

    private static void SignAndRead(byte[] document)
    {
        var before = new SignatureReader(PdfDocument.Open(document));
        foreach (EmbeddedSignature signature in before.Signatures.Where(s => s.Revision is not null))
        {
            before.ChangesAfter(signature);
        }
        var request = TestSigner.Request with { Placement = new SignaturePlacement(-1, new Rectangle(0, 0, 1, 1)) };
        PreparedPdf prepared = PdfSigning.Prepare(document, request);
        byte[] signed = PdfSigning.Complete(document, prepared, [0x30, 0x00]);
        Assert.True(signed.AsSpan().StartsWith(document));
        var reader = new SignatureReader(PdfDocument.Open(signed));
        Assert.Contains(reader.Signatures, s => s.FieldName == prepared.FieldName && s.Coverage == SignatureCoverage.File);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var mutant = new List<byte>(original);
        for (int k = random.Next(1, 6); k > 0 && mutant.Count > 16; k--)
        {
            int at = random.Next(mutant.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutant[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutant[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutant.RemoveRange(at, Math.Min(random.Next(1, 40), mutant.Count - at));
                    break;
                case 3:
                    mutant.InsertRange(at, mutant.GetRange(at, Math.Min(random.Next(1, 200), mutant.Count - at)));
                    break;
                case 4:
                    byte[] token = Encoding.ASCII.GetBytes(Tokens[random.Next(Tokens.Length)]);
                    mutant.InsertRange(at, token);
                    break;
                default:
                    byte[] over = Encoding.ASCII.GetBytes(Tokens[random.Next(Tokens.Length)]);
                    for (int i = 0; i < over.Length && at + i < mutant.Count; i++)
                    {
                        mutant[at + i] = over[i];
                    }
                    break;
            }
        }
        return [.. mutant];
    }
}
