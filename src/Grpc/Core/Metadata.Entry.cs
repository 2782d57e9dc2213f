using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    // PROTOCOL-HTTP2.md, Custom-Metadata: Header-Name → 1*( %x30-39 / %x61-7A / "_" / "-" / ".").
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>One header or trailer: ASCII text, or bytes if its key ends in <c>-bin</c>.</summary>
    public class Entry
    {
        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        public Entry(string key, string value)
        {
            Key = NormalizeKey(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinary)
            {
                throw new ArgumentException($"Only for ASCII valued headers: the key ends in {BinaryHeaderSuffix}", nameof(key));
            }

            _value = value;
        }

        public Entry(string key, byte[] valueBytes)
        {
            Key = NormalizeKey(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinary)
            {
                throw new ArgumentException(
                    $"Key for binary valued metadata entry needs to have suffix indicating binary value: {BinaryHeaderSuffix}",
                    nameof(key)
                );
            }

            _valueBytes = valueBytes.AsSpan().ToArray();
        }

        /// <summary>Takes over what the wire layer has validated already.</summary>
        private Entry(string key, string? value, byte[]? valueBytes)
        {
            Key = key;
            _value = value;
            _valueBytes = valueBytes;
        }

        /// <summary>Lower-case.</summary>
        public string Key { get; }

        public bool IsBinary => _valueBytes is not null || HasBinarySuffix(Key);

        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _value ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        /// <summary>The bytes (a copy), of a text entry its ASCII bytes.</summary>
        public byte[] ValueBytes => _valueBytes?.AsSpan().ToArray() ?? Encoding.ASCII.GetBytes(_value!);

        internal ReadOnlySpan<byte> ValueSpan => _valueBytes;

        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_valueBytes!)}]" : $"[Entry: key={Key}, value={_value}]";

        internal bool KeyEquals(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        internal static Entry FromWire(string lowerKey, string value) => new(lowerKey, value, null);

        internal static Entry FromWire(string lowerKey, byte[] valueBytes) => new(lowerKey, null, valueBytes);

        internal static bool HasBinarySuffix(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);

        internal static bool IsValidKey(ReadOnlySpan<char> key) => key.Length > 0 && !key.ContainsAnyExcept(KeyCharacters);

        private static string NormalizeKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            return IsValidKey(lower)
                ? lower
                : throw new ArgumentException(
                    $"Metadata entry key \"{key}\" not valid: only lowercase alphanumeric characters, underscores, hyphens and dots",
                    nameof(key)
                );
        }
    }
}
