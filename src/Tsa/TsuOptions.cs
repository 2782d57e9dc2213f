using EContract.Tsa.Requests;

namespace EContract.Tsa;

/// <summary>One time-stamping unit.</summary>
public sealed class TsuOptions
{
    /// <summary>Lower-case letters, digits and hyphens; the unit also answers alone under <c>{Path}/{Name}</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Policy OIDs, dotted; the first is used when a request names none.</summary>
    public IList<string> Policies { get; } = [];

    /// <summary>The keys, in the order in which they take over: the last whose <see cref="TsuKeyOptions.ActivateAt"/> has come signs.</summary>
    public IList<TsuKeyOptions> Keys { get; } = [];

    /// <summary>The imprints that are accepted; empty: SHA-256, SHA-384 and SHA-512.</summary>
    public IList<ImprintDigest> Digests { get; } = [];

    /// <summary>The declared accuracy: at most 1 s (ETSI EN 319 421 §7.7.2), whole microseconds.</summary>
    public TimeSpan Accuracy { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>To which genTime is cut: from 1 µs to 1 s, a power of ten.</summary>
    public TimeSpan Precision { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the unit answers under the shared path (<see cref="TsaOptions.Path"/>), by policy; else only under its name.</summary>
    public bool Shared { get; set; } = true;
}
