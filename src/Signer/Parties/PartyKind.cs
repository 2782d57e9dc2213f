namespace EContract.Signer.Parties;

/// <summary>Whose key signs for a party.</summary>
public enum PartyKind
{
    /// <summary>His own.</summary>
    Person,

    /// <summary>Its seal.</summary>
    Organisation,
}
