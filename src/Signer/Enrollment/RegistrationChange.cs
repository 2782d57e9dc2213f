using EContract.Signer.Identities;

namespace EContract.Signer.Enrollment;

/// <summary>An approved change at the RA.</summary>
/// <param name="Cursor">Where the feed goes on after it.</param>
/// <param name="ChangeId">The RA's own name for it.</param>
/// <param name="Unlock">The credential to be unlocked (R7); null for changes that the Signer learns from the CA or not at all.</param>
public sealed record RegistrationChange(string Cursor, string ChangeId, CredentialId? Unlock);
