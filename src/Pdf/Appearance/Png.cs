using System.Buffers.Binary;
using EContract.Pdf.Filters;

namespace EContract.Pdf.Appearance;

/// <summary>Reads PNG files (ISO/IEC 15948), all colour types, to samples of 8 bits with alpha apart.</summary>
internal static class Png
{
    private const long MaxPixels = 16_000_000;

    // Adam7: start and step of the columns and rows of each pass.
    private static readonly (int X, int Y, int Dx, int Dy)[] Passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    public static AppearanceImage Read(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> header = default;
        ReadOnlySpan<byte> palette = default;
        ReadOnlySpan<byte> transparency = default;
        using var data = new MemoryStream();
        for (int at = 8; at <= file.Length - 12; )
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                throw AppearanceImage.Unusable("the PNG is cut off");
            }
            ReadOnlySpan<byte> type = file.Slice(at + 4, 4);
            ReadOnlySpan<byte> chunk = file.Slice(at + 8, (int)length);
            if (type.SequenceEqual("IHDR"u8))
            {
                header = chunk;
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = chunk;
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                transparency = chunk;
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                data.Write(chunk);
            }
            at += 12 + (int)length;
        }
        if (header.Length != 13)
        {
            throw AppearanceImage.Unusable("the PNG has no header");
        }
        uint width = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int bits = header[8];
        int colorType = header[9];
        int channels = colorType switch
        {
            0 or 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 0,
        };
        if (
            width == 0
            || height == 0
            || (ulong)width * height > MaxPixels
            || channels == 0
            || bits is not (1 or 2 or 4 or 8 or 16)
            || (bits < 8 && channels > 1)
            || (colorType == 3 && (bits == 16 || palette.IsEmpty))
        )
        {
            throw AppearanceImage.Unusable("a PNG of impossible or too large dimensions");
        }
        return new Decoder((int)width, (int)height, bits, colorType, channels, palette, transparency).Decode(
            Flate.Decode(data.ToArray(), checked((int)((long)width * height * channels * (bits == 16 ? 2 : 1) + height * 8L + 64))),
            interlaced: header[12] == 1
        );
    }

    private readonly ref struct Decoder(
        int width,
        int height,
        int bits,
        int colorType,
        int channels,
        ReadOnlySpan<byte> palette,
        ReadOnlySpan<byte> transparency
    )
    {
        private readonly ReadOnlySpan<byte> _palette = palette;
        private readonly ReadOnlySpan<byte> _transparency = transparency;
        private readonly bool _gray = colorType is 0 or 4;
        private readonly byte[] _color = new byte[width * height * (colorType is 0 or 4 ? 1 : 3)];
        private readonly byte[]? _alpha = colorType is 4 or 6 || !transparency.IsEmpty ? new byte[width * height] : null;

        public AppearanceImage Decode(byte[] data, bool interlaced)
        {
            int at = 0;
            foreach ((int x, int y, int dx, int dy) in interlaced ? Passes : [(0, 0, 1, 1)])
            {
                int columns = (width - x + dx - 1) / dx;
                int rows = (height - y + dy - 1) / dy;
                if (columns <= 0 || rows <= 0)
                {
                    continue;
                }
                int row = (columns * channels * bits + 7) / 8;
                int size = rows * (row + 1);
                if (at > data.Length - size)
                {
                    throw AppearanceImage.Unusable("the PNG has too few pixels");
                }
                byte[] samples = Predictor.Png(data[at..(at + size)], row, Math.Max(1, channels * bits / 8));
                at += size;
                for (int r = 0; r < rows; r++)
                {
                    for (int c = 0; c < columns; c++)
                    {
                        Put(samples.AsSpan(r * row, row), c, (y + r * dy) * width + x + c * dx);
                    }
                }
            }
            return new AppearanceImage(width, height, _gray ? "DeviceGray" : "DeviceRGB", _color, _alpha);
        }

        private void Put(ReadOnlySpan<byte> row, int column, int pixel)
        {
            int first = Sample(row, column * channels);
            if (colorType == 3)
            {
                if (first * 3 + 3 > _palette.Length)
                {
                    throw AppearanceImage.Unusable("a pixel outside the palette of the PNG");
                }
                _palette.Slice(first * 3, 3).CopyTo(_color.AsSpan(pixel * 3));
                if (_alpha is not null)
                {
                    _alpha[pixel] = first < _transparency.Length ? _transparency[first] : (byte)255;
                }
                return;
            }
            int colors = _gray ? 1 : 3;
            bool keyed = _transparency.Length >= colors * 2;
            for (int i = 0; i < colors; i++)
            {
                int value = Sample(row, column * channels + i);
                keyed = keyed && value == BinaryPrimitives.ReadUInt16BigEndian(_transparency[(i * 2)..]);
                _color[pixel * colors + i] = ToByte(value);
            }
            if (_alpha is not null)
            {
                _alpha[pixel] =
                    colorType is 4 or 6 ? ToByte(Sample(row, column * channels + colors))
                    : keyed ? (byte)0
                    : (byte)255;
            }
        }

        private int Sample(ReadOnlySpan<byte> row, int index) =>
            bits switch
            {
                16 => BinaryPrimitives.ReadUInt16BigEndian(row[(index * 2)..]),
                8 => row[index],
                _ => (row[index * bits / 8] >> (8 - bits - index * bits % 8)) & ((1 << bits) - 1),
            };

        private byte ToByte(int value) => (byte)(bits == 16 ? value >> 8 : value * 255 / ((1 << bits) - 1));
    }
}
