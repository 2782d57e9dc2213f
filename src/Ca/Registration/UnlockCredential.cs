namespace EContract.Ca.Registration;

/// <summary>R7: the Signer learns it from the feed of changes and lets the subscriber confirm.</summary>
public sealed record UnlockCredential(string CredentialId, string SubscriberId) : ChangeOperation
{
    public override string Kind => "unlock";
}
