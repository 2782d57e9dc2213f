using EContract.Pdf.Authoring;

namespace EContract.Validation.Tests;

/// <summary>A document of two empty pages, enough to be signed.</summary>
internal static class SmallPdf
{
    public static byte[] Write()
    {
        var document = new PaperDocument { Title = "契約書" };
        document.AddPage().Line(72, 72, 500, 72);
        document.AddPage().Line(72, 700, 500, 700);
        return document.ToArray();
    }
}
