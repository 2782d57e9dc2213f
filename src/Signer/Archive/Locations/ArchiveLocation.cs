using EContract.Hosting.Errors;

namespace EContract.Signer.Archive.Locations;

/// <summary>Where a document lies: <c>file:contracts/2026/1.pdf</c>, <c>s3:bucket/key</c>.</summary>
public readonly record struct ArchiveLocation(string Scheme, string Path)
{
    private const int MaxLength = 1024;

    /// <exception cref="ServiceException">INVALID_ARGUMENT.</exception>
    public static ArchiveLocation Parse(string text, string field)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 && text.Length <= MaxLength && !text.Any(char.IsControl)
            ? new ArchiveLocation(text[..colon], text[(colon + 1)..])
            : throw ServiceException.Invalid(field, "A location is file:path or s3:bucket/key.");
    }

    public override string ToString() => $"{Scheme}:{Path}";
}
