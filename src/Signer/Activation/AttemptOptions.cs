namespace EContract.Signer.Activation;

/// <summary>R7: how many wrong attempts in a row lock a key.</summary>
public sealed class AttemptOptions
{
    public int Allowed { get; set; } = 6;
}
