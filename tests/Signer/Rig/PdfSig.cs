using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>Poppler's opinion of a signed PDF.</summary>
internal static class PdfSig
{
    /// <summary>How many signatures poppler finds valid. Trust in certificates is not its question here.</summary>
    public static async Task<(int Valid, string Text)> CheckAsync(byte[] pdf)
    {
        using var folder = new TemporaryFolder();
        var (_, output) = await ForeignTool.RunAsync("pdfsig", "-nocert", folder.Write("signed.pdf", pdf));
        return (output.Split("Signature is Valid.").Length - 1, output);
    }
}
