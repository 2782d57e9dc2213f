using EContract.Validation.Policies;

namespace EContract.Signer.Archive;

/// <summary>The validation policy that documents are judged by, and whose sunset dates make deadlines.</summary>
public sealed record ArchivePolicy(ValidationPolicy Validation);
