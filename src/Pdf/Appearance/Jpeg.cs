using System.Buffers.Binary;
using EContract.Pdf.Syntax;

namespace EContract.Pdf.Appearance;

/// <summary>Reads of a JPEG file (ITU-T T.81 Annex B) what the image dictionary must say; the file itself is the stream.</summary>
internal static class Jpeg
{
    public static AppearanceImage Read(ReadOnlySpan<byte> file)
    {
        bool adobe = false;
        for (int at = 2; at <= file.Length - 4; )
        {
            if (file[at] != 0xFF)
            {
                break;
            }
            byte marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // fill byte
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
            {
                break;
            }
            ReadOnlySpan<byte> segment = file.Slice(at + 4, length - 2);
            // SOF0…SOF2: baseline, extended and progressive; the others are no DCTDecode (ISO 32000-2 §7.4.8).
            if (marker is >= 0xC0 and <= 0xC2 && segment.Length >= 6 && segment[0] == 8)
            {
                return Image(
                    file,
                    BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
                    BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
                    segment[5],
                    adobe
                );
            }
            adobe |= marker == 0xEE && segment.StartsWith("Adobe"u8);
            at += 2 + length;
        }
        throw AppearanceImage.Unusable("no baseline or progressive JPEG of 8 bits");
    }

    private static AppearanceImage Image(ReadOnlySpan<byte> file, int width, int height, int components, bool adobe)
    {
        string? colorSpace = components switch
        {
            1 => "DeviceGray",
            3 => "DeviceRGB",
            4 => "DeviceCMYK",
            _ => null,
        };
        if (width == 0 || height == 0 || colorSpace is null)
        {
            throw AppearanceImage.Unusable("a JPEG of no size or of unknown components");
        }
        PdfDictionary dictionary = AppearanceImage.Dictionary(width, height, colorSpace).Set("Filter", new PdfName("DCTDecode"));
        if (components == 4 && adobe)
        {
            dictionary.Set("Decode", PdfArray.Numbers(1, 0, 1, 0, 1, 0, 1, 0)); // Adobe stores CMYK inverted
        }
        return new AppearanceImage(width, height, dictionary, file.ToArray(), alpha: null);
    }
}
