using System.Text;

namespace EContract.TestKit.Documents;

/// <summary>Documents of any size: A4 pages that each carry an opaque stream, with a classic cross-reference.</summary>
public static class SizedPdf
{
    /// <param name="output">gets the document</param>
    /// <param name="pages">number of pages</param>
    /// <param name="bytesPerPage">bytes of the stream of each page</param>
    public static void Write(Stream output, int pages, int bytesPerPage)
    {
        long position = 0;
        var offsets = new List<long>();
        byte[] data = new byte[bytesPerPage];
        new Random(1).NextBytes(data);
        void Put(ReadOnlySpan<byte> bytes)
        {
            output.Write(bytes);
            position += bytes.Length;
        }
        void Begin(string text)
        {
            offsets.Add(position);
            Put(Encoding.ASCII.GetBytes($"{offsets.Count} 0 obj\n{text}"));
        }
        Put("%PDF-1.7\n"u8);
        Begin("<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
        string kids = string.Join(' ', Enumerable.Range(0, pages).Select(i => $"{3 + i * 2} 0 R"));
        Begin($"<</Type/Pages/Count {pages}/Kids[{kids}]>>\nendobj\n");
        for (int i = 0; i < pages; i++)
        {
            string privateData = $"/PieceInfo<</EContract<</LastModified(D:20261120)/Private {4 + i * 2} 0 R>>>>";
            Begin($"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{privateData}>>\nendobj\n");
            Begin($"<</Length {bytesPerPage}>>stream\n");
            Put(data);
            Put("\nendstream\nendobj\n"u8);
        }
        long start = position;
        string entries = string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n"));
        Put(Encoding.ASCII.GetBytes($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n{entries}"));
        Put(Encoding.ASCII.GetBytes($"trailer\n<</Size {offsets.Count + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"));
    }

    /// <inheritdoc cref="Write"/>
    public static byte[] ToArray(int pages, int bytesPerPage)
    {
        using var output = new MemoryStream();
        Write(output, pages, bytesPerPage);
        return output.ToArray();
    }
}
