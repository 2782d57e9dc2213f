using System.Text;

namespace EContract.Pdf.Syntax;

/// <content>Names (ISO 32000-2 §7.3.5) and strings (§7.3.4).</content>
internal ref partial struct ObjectParser
{
    private string Name()
    {
        _position++;
        ReadOnlySpan<byte> token = Regular();
        _position += token.Length;
        if (token.IndexOf((byte)'#') < 0)
        {
            return KnownNames.Intern(token);
        }
        var text = new StringBuilder(token.Length);
        for (int i = 0; i < token.Length; i++)
        {
            if (token[i] == '#' && i + 2 < token.Length && Characters.HexValue(token[i + 1]) >= 0 && Characters.HexValue(token[i + 2]) >= 0)
            {
                text.Append((char)(Characters.HexValue(token[i + 1]) << 4 | Characters.HexValue(token[i + 2])));
                i += 2;
            }
            else
            {
                text.Append((char)token[i]);
            }
        }
        return text.ToString();
    }

    private PdfString Hexadecimal()
    {
        long start = Position;
        int end = _data[_position..].IndexOf((byte)'>');
        if (end < 0)
        {
            Starved |= !_final;
            throw Error("§7.3.4.3", "a hexadecimal string isn't closed", start);
        }
        ReadOnlySpan<byte> digits = _data.Slice(_position, end);
        _position += end + 1;
        byte[] bytes = new byte[(digits.Length + 1) / 2];
        int count = 0;
        foreach (byte digit in digits)
        {
            int value = Characters.HexValue(digit);
            if (value >= 0)
            {
                // A missing last digit reads as 0.
                bytes[count >> 1] |= (byte)((count & 1) == 0 ? value << 4 : value);
                count++;
            }
            else if (!Characters.IsWhiteSpace(digit))
            {
                throw Error("§7.3.4.3", "a character that is no hexadecimal digit", start);
            }
        }
        return new PdfString(bytes.Length == (count + 1) / 2 ? bytes : bytes[..((count + 1) / 2)], hex: true);
    }

    private PdfString Literal()
    {
        long start = Position;
        _position++;
        var bytes = new List<byte>();
        int open = 1;
        while (true)
        {
            int b = Peek();
            _position++;
            switch (b)
            {
                case < 0:
                    throw Error("§7.3.4.2", "a string isn't closed", start);
                case '(':
                    open++;
                    break;
                case ')':
                    if (--open == 0)
                    {
                        return new PdfString([.. bytes], hex: false);
                    }
                    break;
                case '\r':
                    SkipLineFeed();
                    b = '\n';
                    break;
                case '\\':
                    b = Escape();
                    break;
                default:
                    break;
            }
            if (b >= 0)
            {
                bytes.Add((byte)b);
            }
        }
    }

    // §7.3.4.2 Table 3; -1 for an escaped end of line, which stands for nothing.
    private int Escape()
    {
        int b = Peek();
        if (b < 0)
        {
            return -1;
        }
        _position++;
        switch (b)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case '\n':
                return -1;
            case '\r':
                SkipLineFeed();
                return -1;
            case >= '0' and <= '7':
                int value = b - '0';
                for (int i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++)
                {
                    value = value * 8 + Peek() - '0';
                    _position++;
                }
                return value & 0xFF;
            default:
                return b;
        }
    }

    private void SkipLineFeed()
    {
        if (Peek() == '\n')
        {
            _position++;
        }
    }
}
