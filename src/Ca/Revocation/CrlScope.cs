namespace EContract.Ca.Revocation;

/// <summary>What a CRL covers: an authority's certificates, or one shard of them; as a complete list or as a delta.</summary>
/// <param name="Shard">Null for all.</param>
public sealed record CrlScope(string Authority, int? Shard, bool Delta)
{
    private const int All = -1;

    /// <summary>The shard's column: −1 for all.</summary>
    public int Column => Shard ?? All;

    /// <summary>From the columns of a row.</summary>
    internal static CrlScope Stored(string authority, int column, bool delta) => new(authority, column == All ? null : column, delta);

    public CrlScope Base => this with { Delta = false };

    /// <summary>"full", the shard's number, with "-delta" for deltas.</summary>
    public string Name =>
        (Shard is { } shard ? shard.ToString(System.Globalization.CultureInfo.InvariantCulture) : "full") + (Delta ? "-delta" : "");
}
