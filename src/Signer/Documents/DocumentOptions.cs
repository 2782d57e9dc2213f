namespace EContract.Signer.Documents;

/// <summary>Documents on their way through the Signer.</summary>
public sealed class DocumentOptions
{
    /// <summary>Folder of this node's working copies. They can be deleted whenever the node is stopped.</summary>
    public string Spool { get; set; } = Path.Combine(Path.GetTempPath(), "econtract-spool");

    /// <summary>Largest document, in bytes.</summary>
    public long MaxSize { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Most bytes of working copies; the longest unused go first.</summary>
    public long MaxSpool { get; set; } = 20L * 1024 * 1024 * 1024;
}
