using EContract.Signer.Identities;

namespace EContract.Signer.Documents;

/// <summary>One version of a document.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Digest">SHA-256.</param>
public sealed record StoredDocument(DocumentId Id, string Name, int Version, long Size, byte[] Digest);
