using EContract.Pdf.Filters;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Appearance;

/// <summary>An image for a visible signature, such as a seal: JPEG as it is, PNG with its transparency.</summary>
public sealed class AppearanceImage
{
    private readonly PdfDictionary _dictionary;
    private readonly byte[] _data;
    private readonly byte[]? _alpha;

    internal AppearanceImage(int width, int height, string colorSpace, byte[] samples, byte[]? alpha)
        : this(width, height, Dictionary(width, height, colorSpace).Set("Filter", new PdfName("FlateDecode")), Flate.Encode(samples), alpha)
    { }

    internal AppearanceImage(int width, int height, PdfDictionary dictionary, byte[] data, byte[]? alpha)
    {
        (Width, Height, _dictionary, _data, _alpha) = (width, height, dictionary, data, alpha);
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Reads a PNG or JPEG file.</summary>
    /// <exception cref="PdfRefusedException">it is neither, or damaged, or too large</exception>
    public static AppearanceImage Read(ReadOnlySpan<byte> file)
    {
        try
        {
            return file switch
            {
                [0xFF, 0xD8, ..] => Jpeg.Read(file),
                [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png.Read(file),
                _ => throw Unusable("neither PNG nor JPEG"),
            };
        }
        catch (MalformedException e)
        {
            throw Unusable(e.Detail);
        }
    }

    internal static PdfRefusedException Unusable(string why) => new(PdfRefusal.ImageUnusable, why);

    internal static PdfDictionary Dictionary(int width, int height, string colorSpace) =>
        new PdfDictionary()
            .Set("Type", new PdfName("XObject"))
            .Set("Subtype", new PdfName("Image"))
            .Set("Width", PdfInteger.Of(width))
            .Set("Height", PdfInteger.Of(height))
            .Set("ColorSpace", new PdfName(colorSpace))
            .Set("BitsPerComponent", PdfInteger.Of(8));

    internal PdfReference Write(Func<PdfObject, PdfReference> add)
    {
        if (_alpha is null)
        {
            return add(new PdfStream(_dictionary, _data));
        }
        PdfDictionary mask = Dictionary(Width, Height, "DeviceGray").Set("Filter", new PdfName("FlateDecode"));
        return add(new PdfStream(_dictionary.With("SMask", add(new PdfStream(mask, Flate.Encode(_alpha)))), _data));
    }
}
