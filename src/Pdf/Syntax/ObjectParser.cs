using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EContract.Pdf.Syntax;

/// <summary>
/// Reads objects (ISO 32000-2 §7.2, §7.3) from a window of the file. When it looked beyond a window that isn't the file's last,
/// it is <see cref="Starved"/> and its result means nothing: the caller comes again with a larger window.
/// </summary>
internal ref partial struct ObjectParser
{
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789+-."u8);

    private readonly ReadOnlySpan<byte> _data;
    private readonly long _origin;
    private readonly bool _final;
    private readonly PdfLimits _limits;
    private int _position;
    private int _items;

    /// <param name="data">the window</param>
    /// <param name="origin">where the window begins in the file (or decoded stream), for messages and stream offsets</param>
    /// <param name="final">the window reaches the end</param>
    /// <param name="limits">nesting and number of objects</param>
    public ObjectParser(ReadOnlySpan<byte> data, long origin, bool final, PdfLimits limits)
    {
        _data = data;
        _origin = origin;
        _final = final;
        _limits = limits;
    }

    public bool Starved { get; private set; }

    /// <summary>Where the next byte is, in the file.</summary>
    public readonly long Position => _origin + _position;

    /// <summary>The next byte, or -1 at the end.</summary>
    public int Peek()
    {
        if (_position < _data.Length)
        {
            return _data[_position];
        }
        Starved |= !_final;
        return -1;
    }

    public void Skip(int count) => _position = Math.Min(_position + count, _data.Length);

    /// <summary>Skips white space and comments.</summary>
    public void SkipWhiteSpace()
    {
        for (int b = Peek(); b >= 0; b = Peek())
        {
            if (b == '%')
            {
                int end = _data[_position..].IndexOfAny((byte)'\r', (byte)'\n');
                _position = end < 0 ? _data.Length : _position + end;
            }
            else if (Characters.IsWhiteSpace((byte)b))
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Takes a keyword if it comes next.</summary>
    public bool TryKeyword(ReadOnlySpan<byte> keyword)
    {
        SkipWhiteSpace();
        ReadOnlySpan<byte> token = Regular();
        if (!token.SequenceEqual(keyword))
        {
            return false;
        }
        _position += token.Length;
        return true;
    }

    /// <summary>Takes a non-negative integer if one comes next.</summary>
    public bool TryUnsigned(out long value)
    {
        SkipWhiteSpace();
        ReadOnlySpan<byte> token = Regular();
        if (!Utf8Parser.TryParse(token, out value, out int used) || used != token.Length || value < 0 || !Characters.IsDigit(token[0]))
        {
            return false;
        }
        _position += used;
        return true;
    }

    /// <summary>Reads "N G obj …" with the start of its stream data, if it has any (§7.3.10, §7.3.8.1).</summary>
    public IndirectObject Indirect()
    {
        long start = Position;
        if (
            !TryUnsigned(out long number)
            || !TryUnsigned(out long generation)
            || !ObjKeyword()
            || number is < 1 or > int.MaxValue
            || generation > 65535
        )
        {
            throw Error("§7.3.10", "no indirect object here", start);
        }
        PdfObject value = Object();
        if (value is PdfDictionary dictionary && TryKeyword("stream"u8))
        {
            // §7.3.8.1: CR LF or LF; writers that put a lone CR or a space before exist and are read by everyone.
            while (Peek() == ' ')
            {
                _position++;
            }
            if (Peek() == '\r')
            {
                _position++;
            }
            if (Peek() == '\n')
            {
                _position++;
            }
            value = new PdfStream(dictionary, Position);
        }
        return new IndirectObject((int)number, (int)generation, value, Position);
    }

    /// <summary>Reads any direct object or reference.</summary>
    public PdfObject Object(int depth = 0)
    {
        if (++_items > _limits.MaxItems)
        {
            throw new PdfRefusedException(PdfRefusal.TooLarge, $"an object of more than {_limits.MaxItems} objects at offset {Position}");
        }
        SkipWhiteSpace();
        int b = Peek();
        switch (b)
        {
            case '/':
                return new PdfName(Name());
            case '(':
                return Literal();
            case '[':
                return Array(depth);
            case '<':
                _position++;
                if (Peek() == '<')
                {
                    _position++;
                    return Dictionary(depth);
                }
                return Hexadecimal();
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number();
            default:
                return Keyword();
        }
    }

    private static MalformedException Error(string clause, string what, long at) => new($"ISO 32000-2 {clause}", $"{what} at offset {at}");

    private ReadOnlySpan<byte> Regular()
    {
        ReadOnlySpan<byte> rest = _data[_position..];
        int length = Characters.RegularLength(rest);
        Starved |= length == rest.Length && !_final;
        return rest[..length];
    }

    // "1 0 obj123", "1 0 obj/Name" and "1 0 objnull" are seen in the wild; only a keyword glued behind is not ours to split, save for null.
    private bool ObjKeyword()
    {
        SkipWhiteSpace();
        ReadOnlySpan<byte> token = Regular();
        if (!token.StartsWith("obj"u8))
        {
            return false;
        }
        _position += 3;
        return true;
    }

    private PdfObject Keyword()
    {
        ReadOnlySpan<byte> token = Regular();
        PdfObject? value =
            token.SequenceEqual("null"u8) ? PdfNull.Instance
            : token.SequenceEqual("true"u8) ? PdfBoolean.True
            : token.SequenceEqual("false"u8) ? PdfBoolean.False
            : null;
        if (value is not null)
        {
            _position += token.Length;
            return value;
        }
        if (token.SequenceEqual("endobj"u8))
        {
            return PdfNull.Instance; // "N G obj endobj": an empty object reads as null
        }
        throw Error("§7.3.1", Peek() < 0 ? "the file ends within an object" : "no object here", Position);
    }

    private PdfArray Array(int depth)
    {
        Descend(depth);
        _position++;
        var items = new List<PdfObject>();
        while (true)
        {
            SkipWhiteSpace();
            if (Peek() == ']')
            {
                _position++;
                return PdfArray.Own(items);
            }
            RequireProgress(items.Count);
            items.Add(Object(depth + 1));
        }
    }

    private PdfDictionary Dictionary(int depth)
    {
        Descend(depth);
        var dictionary = new PdfDictionary();
        while (true)
        {
            SkipWhiteSpace();
            switch (Peek())
            {
                case '>':
                    _position++;
                    if (Peek() != '>')
                    {
                        throw Error("§7.3.7", "'>' alone in a dictionary", Position);
                    }
                    _position++;
                    return dictionary;
                case '/':
                    string key = Name();
                    SkipWhiteSpace();
                    RequireProgress(dictionary.Count);
                    dictionary.Set(key, Object(depth + 1));
                    break;
                default:
                    throw Error("§7.3.7", "a dictionary key that is no name", Position);
            }
        }
    }

    private readonly void Descend(int depth)
    {
        if (depth >= _limits.MaxDepth)
        {
            throw Error("Annex C", $"objects nested more than {_limits.MaxDepth} deep", Position);
        }
    }

    // "endobj" reads as null without being consumed; inside a container that would never end.
    private void RequireProgress(int count)
    {
        if (Peek() == 'e' || Peek() < 0)
        {
            throw Error("§7.3", $"an array or dictionary of {count} entries isn't closed", Position);
        }
    }

    private PdfObject Number()
    {
        long start = Position;
        ReadOnlySpan<byte> token = Regular();
        _position += token.Length;
        if (Utf8Parser.TryParse(token, out long integer, out int used) && used == token.Length)
        {
            if (Characters.IsDigit(token[0]) && integer is > 0 and <= int.MaxValue && TryReferenceTail(out int generation))
            {
                return new PdfReference((int)integer, generation);
            }
            return PdfInteger.Of(integer);
        }
        string text = Encoding.Latin1.GetString(token);
        if (
            double.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double value
            )
        )
        {
            return new PdfReal(text, value);
        }
        // Writers exist that print "--5", "1.2.3" or "-.": every viewer shows such pages; the text is kept, the value is what can be made of it.
        if (token.IndexOfAnyExcept(NumberCharacters) < 0)
        {
            return new PdfReal(text, 0);
        }
        throw Error("§7.3.3", "no number", start);
    }

    private bool TryReferenceTail(out int generation)
    {
        generation = 0;
        int before = _position;
        SkipWhiteSpace();
        ReadOnlySpan<byte> token = Regular();
        if (
            token.Length is > 0 and <= 5
            && Utf8Parser.TryParse(token, out generation, out int used)
            && used == token.Length
            && generation >= 0
        )
        {
            _position += used;
            if (TryKeyword("R"u8))
            {
                return true;
            }
        }
        _position = before;
        return false;
    }
}
