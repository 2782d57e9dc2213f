namespace EContract.Hsm.Keys;

/// <summary>The key types of the CRYPTREC list that this system makes and uses.</summary>
public enum KeyAlgorithm
{
    Rsa2048 = 1,
    Rsa3072 = 2,
    Rsa4096 = 3,
    EcdsaP256 = 4,
    EcdsaP384 = 5,
}
