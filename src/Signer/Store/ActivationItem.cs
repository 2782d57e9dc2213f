using EContract.Signer.Identities;
using EContract.Signer.Signing;

namespace EContract.Signer.Store;

/// <summary>One authorised digest and what became of it.</summary>
public sealed class ActivationItem
{
    public required ActivationId ActivationId { get; init; }

    /// <summary>Place in the request, from 0.</summary>
    public required int Ordinal { get; init; }

    public required ActivationState State { get; set; }

    public required ItemFormat Format { get; init; }

    public required ItemLevel Level { get; init; }

    /// <summary>As the subscriber sees it in the message.</summary>
    public required string Name { get; init; }

    public required string Role { get; init; }

    /// <summary>SHA256, SHA384 or SHA512: what the key signs with.</summary>
    public required string Hash { get; init; }

    /// <summary>Digest of the document's signed bytes, of the content, or the given digest itself.</summary>
    public required byte[] ContentDigest { get; init; }

    /// <summary>DTBS/R: what the key signs.</summary>
    public required byte[] DtbsDigest { get; init; }

    /// <summary>RSASSA-PSS where the key is RSA.</summary>
    public required bool Pss { get; init; }

    /// <summary>The content that an attached signature carries.</summary>
    public byte[]? Content { get; init; }

    public DocumentId? DocumentId { get; init; }

    public int? BaseVersion { get; init; }

    public string? FieldName { get; init; }

    /// <summary>The declared party of the document that signs; null where none was declared.</summary>
    public int? Party { get; init; }

    /// <summary>The prepared PDF signature as <c>PreparedPdf</c> stores itself: what is appended, the place of the signature still empty.</summary>
    public byte[]? Update { get; init; }

    /// <summary>The signature value, once stored.</summary>
    public byte[]? Signature { get; set; }

    /// <summary>What the caller gets: the signature value or the CMS.</summary>
    public byte[]? Result { get; set; }

    public int? ResultVersion { get; set; }

    public byte[]? ResultDigest { get; set; }
}
