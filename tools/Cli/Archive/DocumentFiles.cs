using System.Security.Cryptography;
using Google.Protobuf;

namespace EContract.Cli.Archive;

/// <summary>Documents on this machine and their digests.</summary>
internal static class DocumentFiles
{
    private const int MaxReference = 512;

    public static readonly IReadOnlyList<string> Algorithms = ["SHA-256", "SHA-384", "SHA-512"];

    /// <summary>The files among the paths, and all files below the folders among them.</summary>
    public static IEnumerable<string> Below(IEnumerable<string> paths) =>
        paths.SelectMany(path =>
            Directory.Exists(path)
                ? (IEnumerable<string>)Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                : [path]
        );

    public static async Task<ByteString> DigestAsync(string path, string algorithm, CancellationToken cancellationToken)
    {
        var name = new HashAlgorithmName(algorithm.Replace("-", "", StringComparison.Ordinal));
        await using var file = File.OpenRead(path);
        return UnsafeByteOperations.UnsafeWrap(await CryptographicOperations.HashDataAsync(name, file, cancellationToken));
    }

    /// <summary>The file's path, its end if it is long.</summary>
    public static string Reference(string path) => path.Length <= MaxReference ? path : path[^MaxReference..];
}
