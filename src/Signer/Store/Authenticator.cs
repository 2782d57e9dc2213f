using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>An authenticator app of a credential (RFC 6238).</summary>
public sealed class Authenticator
{
    public required CredentialId CredentialId { get; init; }

    /// <summary>The seed, sealed by the token for this credential.</summary>
    public required byte[] SealedSeed { get; init; }

    /// <summary>Whether the first code proved that the app holds the seed.</summary>
    public bool Confirmed { get; set; }

    /// <summary>The newest time step that was accepted: it and all before are used up.</summary>
    public long LastStep { get; set; }

    /// <summary>Wrong first codes.</summary>
    public int FailedConfirmations { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
