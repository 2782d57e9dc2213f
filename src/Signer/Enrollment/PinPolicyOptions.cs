namespace EContract.Signer.Enrollment;

/// <summary>R4: what a PIN may be.</summary>
public sealed class PinPolicyOptions
{
    public int MinLength { get; set; } = 8;

    public int MaxLength { get; set; } = 64;

    /// <summary>PINs that are refused besides the built-in list.</summary>
    public IList<string> Blocklist { get; } = [];
}
