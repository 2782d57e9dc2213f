using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace EContract.Pdf.Syntax;

/// <summary>A dictionary (ISO 32000-2 §7.3.7) in the order of its file. A key with the value null is an absent key.</summary>
public sealed class PdfDictionary : PdfObject, IReadOnlyCollection<KeyValuePair<string, PdfObject>>
{
    // Most dictionaries have a handful of keys: a scan beats hashing; large ones (resources) get an index.
    private const int IndexThreshold = 16;

    private readonly List<KeyValuePair<string, PdfObject>> _entries;
    private Dictionary<string, int>? _index;

    /// <summary>An empty dictionary, to be filled with <see cref="Set"/> by who creates it.</summary>
    public PdfDictionary() => _entries = [];

    private PdfDictionary(PdfDictionary other) => _entries = [.. other._entries];

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <summary>The value of a key, or null where absent.</summary>
    public PdfObject? this[string key] => Find(key) is var i and >= 0 && _entries[i].Value is var value and not PdfNull ? value : null;

    /// <summary>The value of a key where present and of the wanted type.</summary>
    public bool TryGet<T>(string key, [NotNullWhen(true)] out T? value)
        where T : PdfObject => (value = this[key] as T) is not null;

    /// <summary>Whether the value of a key is this name.</summary>
    public bool HasName(string key, string name) => this[key] is PdfName { Value: var value } && value == name;

    /// <summary>Sets a key while the dictionary is being made; returns the dictionary for chaining.</summary>
    public PdfDictionary Set(string key, PdfObject value)
    {
        var entry = KeyValuePair.Create(key, value);
        int at = Find(key);
        if (at >= 0)
        {
            // Undefined by §7.3.7; every reader we know takes the last.
            _entries[at] = entry;
            return this;
        }
        _entries.Add(entry);
        if (_index is not null)
        {
            _index.Add(key, _entries.Count - 1);
        }
        else if (_entries.Count > IndexThreshold)
        {
            _index = [];
            for (int i = 0; i < _entries.Count; i++)
            {
                _index.Add(_entries[i].Key, i);
            }
        }
        return this;
    }

    /// <summary>A copy with the key set.</summary>
    public PdfDictionary With(string key, PdfObject value) => new PdfDictionary(this).Set(key, value);

    /// <summary>A copy without the keys.</summary>
    public PdfDictionary Without(params ReadOnlySpan<string> keys)
    {
        var copy = new PdfDictionary();
        foreach ((string key, PdfObject value) in _entries)
        {
            if (!keys.Contains(key))
            {
                copy.Set(key, value);
            }
        }
        return copy;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, PdfObject>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override void Write(PdfOutput output)
    {
        output.Raw("<<"u8);
        foreach ((string key, PdfObject value) in _entries)
        {
            PdfName.Write(output, key);
            value.Write(output);
        }
        output.Raw(">>"u8);
    }

    private int Find(string key)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(key, out int at) ? at : -1;
        }
        for (int i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key == key)
            {
                return i;
            }
        }
        return -1;
    }
}
