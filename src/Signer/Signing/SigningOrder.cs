namespace EContract.Signer.Signing;

/// <summary>One signature that a caller asks for.</summary>
/// <param name="Role">In which role the party signs: 債務者, 連帯保証人 …</param>
/// <param name="Pss">RSASSA-PSS where the key is RSA.</param>
public abstract record SigningOrder(string Role, ItemLevel Level, bool Pss);
