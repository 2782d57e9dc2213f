using EContract.Hsm.Keys;

namespace EContract.Hsm;

internal static class SignatureChecks
{
    /// <summary>True if signatures of such a key are verified here.</summary>
    public static bool Covers(this SignatureCheck check, KeyAlgorithm algorithm) =>
        check switch
        {
            SignatureCheck.Always => true,
            SignatureCheck.RsaOnly => algorithm.IsRsa,
            _ => false,
        };
}
