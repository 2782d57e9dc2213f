using System.Text;

namespace EContract.Audit.Records;

/// <summary>Order of strings by their UTF-8 bytes. (Ordinal order of UTF-16 differs above U+FFFF.)</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
}
