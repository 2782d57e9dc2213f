using EContract.Validation.Online;

namespace EContract.Validation;

/// <summary>Settings of the role <c>validation</c>.</summary>
public sealed class ValidationOptions
{
    /// <summary>The policy's JSON file; null: the built-in policy.</summary>
    public string? PolicyFile { get; set; }

    /// <summary>Certificates (PEM or DER) that are trust anchors for every purpose, besides those of the policy.</summary>
    public IList<string> TrustAnchors { get; } = [];

    /// <summary>Largest document, detached content included, in bytes.</summary>
    public long MaxDocumentSize { get; set; } = 1L << 30;

    /// <summary>Largest CMS signature or token: these are held in memory, unlike PDFs. In bytes.</summary>
    public int MaxSignatureSize { get; set; } = 32 * 1024 * 1024;

    /// <summary>Documents that are validated at a time; more wait.</summary>
    public int MaxConcurrentDocuments { get; set; } = 4;

    /// <summary>Where documents lie while they are validated; null: the system's folder for temporary files.</summary>
    public string? TemporaryFolder { get; set; }

    public OnlineOptions Online { get; set; } = new();
}
