namespace EContract.Pdf.Syntax;

/// <summary>An object of ISO 32000-2 §7.3. Objects are immutable once parsed; what is written reads back as equal.</summary>
public abstract class PdfObject
{
    internal abstract void Write(PdfOutput output);

    /// <summary>The object as it is written in a file.</summary>
    public override string ToString()
    {
        var output = new PdfOutput();
        Write(output);
        return System.Text.Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
