using EContract.Signer.Identities;

namespace EContract.Signer.Signing;

/// <param name="Signature">Signature value or CMS; empty for a document.</param>
public sealed record SealedItem(string Name, byte[] Signature, DocumentId? DocumentId, int Version, byte[] DocumentDigest);
