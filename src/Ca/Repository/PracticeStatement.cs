using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Repository;

/// <summary>The certification practice statement that certificates point to, read at start.</summary>
public sealed class PracticeStatement
{
    private const string Resource = "repository/cps.html";

    public PracticeStatement(IOptions<RepositoryOptions> options)
    {
        var path = options.Value.PracticeStatement;
        if (path.Length == 0)
        {
            using var stream = typeof(PracticeStatement).Assembly.GetManifestResourceStream(Resource)!;
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            Content = copy.ToArray();
        }
        else
        {
            Content = File.ReadAllBytes(path);
        }

        ContentType = Path.GetExtension(path.Length == 0 ? Resource : path) switch
        {
            ".pdf" => "application/pdf",
            ".md" => "text/markdown; charset=utf-8",
            ".txt" => "text/plain; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        Etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content.Span))}\"";
    }

    public ReadOnlyMemory<byte> Content { get; }

    public string ContentType { get; }

    public string Etag { get; }
}
