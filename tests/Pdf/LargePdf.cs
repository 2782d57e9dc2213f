using System.Text;

namespace EContract.Pdf.Tests;

/// <summary>A document of any size: pages with large attachments of nothing in particular.</summary>
internal static class LargePdf
{
    private const int Chunk = 8 << 20;

    public static void Write(string path, long size)
    {
        using FileStream file = File.Create(path);
        var offsets = new List<long>();
        byte[] data = new byte[Chunk];
        new Random(1).NextBytes(data);
        Put(file, "%PDF-1.7\n");
        int pages = (int)(size / Chunk);
        Object(file, offsets, "<</Type/Catalog/Pages 2 0 R>>");
        Object(file, offsets, $"<</Type/Pages/Count {pages}/Kids[{string.Join(' ', Enumerable.Range(0, pages).Select(i => $"{3 + i * 2} 0 R"))}]>>");
        for (int i = 0; i < pages; i++)
        {
            Object(file, offsets, $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/PieceInfo<</Test<</LastModified(D:2026)/Private {4 + i * 2} 0 R>>>>>>");
            offsets.Add(file.Position);
            Put(file, $"{offsets.Count} 0 obj\n<</Length {Chunk}>>stream\n");
            file.Write(data);
            Put(file, "\nendstream\nendobj\n");
        }
        long start = file.Position;
        Put(file, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n{string.Concat(offsets.Select(o => $"{o:D10} 00000 n \n"))}");
        Put(file, $"trailer\n<</Size {offsets.Count + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    }

    private static void Object(FileStream file, List<long> offsets, string value)
    {
        offsets.Add(file.Position);
        Put(file, $"{offsets.Count} 0 obj\n{value}\nendobj\n");
    }

    private static void Put(FileStream file, string text) => file.Write(Encoding.ASCII.GetBytes(text));
}
