using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EContract.Hosting.Logging;

/// <summary>
/// A PIN or one-time password on its way through the service: UTF-8 bytes that are zeroed on disposal. It has no text form, can't be
/// serialised, compared or hashed, and shows nothing in a debugger, so that no log, exception or audit record can hold it.
/// </summary>
[DebuggerDisplay("(secret)")]
[JsonConverter(typeof(RefusingConverter))]
public sealed class Secret : IDisposable, IFormattable
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _bytes;

    private Secret(byte[] bytes) => _bytes = bytes;

    /// <summary>Takes over the bytes: they are zeroed on disposal.</summary>
    public static Secret TakeOver(byte[] bytes) => new(bytes);

    /// <summary>From a message's text. (The string itself can't be zeroed; don't keep it.)</summary>
    public static Secret FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>The bytes, for the one computation that needs them.</summary>
    public ReadOnlyMemory<byte> Reveal() => _bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => "(secret)";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => "(secret)";

    public override bool Equals(object? obj) => throw new NotSupportedException("Secrets are not compared.");

    public override int GetHashCode() => throw new NotSupportedException("Secrets are not hashed.");

    private sealed class RefusingConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Secrets are not read from JSON.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Secrets are not serialised.");
    }
}
