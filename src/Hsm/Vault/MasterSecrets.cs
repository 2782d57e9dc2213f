namespace EContract.Hsm.Vault;

/// <summary>
/// What the token computes from the master key, once, for recognising and authenticating blobs. It opens none: the
/// wrapping keys are derived in the token and stay there.
/// </summary>
internal sealed class MasterSecrets(ReadOnlySpan<byte> computed)
{
    public const int Size = WrappedKeyBlob.MasterIdSize + 32;
    private readonly byte[] _id = computed[..WrappedKeyBlob.MasterIdSize].ToArray();
    private readonly byte[] _macKey = computed[WrappedKeyBlob.MasterIdSize..Size].ToArray();

    /// <summary>Names the master key; public.</summary>
    public ReadOnlySpan<byte> Id => _id;

    public ReadOnlySpan<byte> MacKey => _macKey;
}
