using System.Security.Cryptography;
using System.Text;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Authoring;

/// <summary>Writes a whole file: header, body, cross-reference table, trailer (ISO 32000-2 §7.5.1).</summary>
internal static class NewFile
{
    /// <param name="objects">object 1 and following</param>
    /// <param name="catalog">/Root</param>
    /// <param name="information">/Info</param>
    public static byte[] Write(IReadOnlyList<PdfObject> objects, PdfReference catalog, PdfReference information)
    {
        var output = new PdfOutput();
        // §7.5.2: a comment of bytes above 127 tells transports that the file is binary.
        output.Raw("%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3\n"u8);
        int[] offsets = new int[objects.Count];
        for (int i = 0; i < objects.Count; i++)
        {
            offsets[i] = output.Length;
            output.Raw(Encoding.ASCII.GetBytes($"{i + 1} 0 obj\n"));
            objects[i].Write(output);
            output.Raw("\nendobj\n"u8);
        }
        PdfString identity = PdfString.Hex(SHA256.HashData(output.WrittenSpan).AsSpan(0, 16));
        int start = output.Length;
        output.Raw(Encoding.ASCII.GetBytes($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n"));
        foreach (int offset in offsets)
        {
            output.Raw(Encoding.ASCII.GetBytes($"{offset:D10} 00000 n \n"));
        }
        output.Raw("trailer\n"u8);
        new PdfDictionary()
            .Set("Size", PdfInteger.Of(objects.Count + 1))
            .Set("Root", catalog)
            .Set("Info", information)
            .Set("ID", new PdfArray(identity, identity))
            .Write(output);
        output.Raw(Encoding.ASCII.GetBytes($"\nstartxref\n{start}\n%%EOF\n"));
        return output.ToArray();
    }
}
