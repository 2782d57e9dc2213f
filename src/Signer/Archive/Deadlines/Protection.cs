using EContract.Pki.X509;

namespace EContract.Signer.Archive.Deadlines;

/// <summary>What a document stands on now.</summary>
/// <param name="Protectors">The certificates whose revocation would end the protection: time-stamp units', or signers' where no time-stamp protects.</param>
public sealed record Protection(TrustDeadline Deadline, IReadOnlyList<Certificate> Protectors);
