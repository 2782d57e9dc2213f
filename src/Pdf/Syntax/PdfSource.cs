namespace EContract.Pdf.Syntax;

/// <summary>The bytes of a document at any offset, without the document being in memory. Not thread-safe.</summary>
internal abstract class PdfSource
{
    private const int FirstWindow = 4096;

    /// <summary>A parse of a window; must be repeatable.</summary>
    public delegate T Parse<T>(ref ObjectParser parser);

    public abstract long Length { get; }

    /// <summary>At least so many bytes from an offset, or to the end of the file. Valid until the next call.</summary>
    public abstract ReadOnlySpan<byte> Window(long offset, int minimum);

    /// <summary>Parses at an offset through a window that grows until the parse has what it needs.</summary>
    public T ParseAt<T>(long offset, PdfLimits limits, Parse<T> parse)
    {
        for (int size = FirstWindow; ; size *= 4)
        {
            ReadOnlySpan<byte> window = Window(offset, size);
            bool final = offset + window.Length >= Length;
            if (window.Length > limits.MaxObjectSize)
            {
                window = window[..limits.MaxObjectSize];
                final = false;
            }
            var parser = new ObjectParser(window, offset, final, limits);
            try
            {
                T result = parse(ref parser);
                if (!parser.Starved)
                {
                    return result;
                }
            }
            catch (MalformedException) when (!final)
            {
                if (!parser.Starved)
                {
                    throw;
                }
            }
            if (window.Length >= limits.MaxObjectSize)
            {
                throw new PdfRefusedException(
                    PdfRefusal.TooLarge,
                    $"the object at offset {offset} is larger than {limits.MaxObjectSize} bytes"
                );
            }
        }
    }
}
