namespace EContract.Tsa.Units;

/// <summary>All units of this node, and where each answers.</summary>
public sealed class TsuDirectory
{
    public TsuDirectory(string path, IReadOnlyList<Tsu> units)
    {
        Units = units;
        All = new TsuListener("", units);
        Named = units.ToDictionary(unit => unit.Name, unit => new TsuListener($"{path}/{unit.Name}", [unit]), StringComparer.Ordinal);
        Tsu[] shared = [.. units.Where(unit => unit.Options.Shared)];
        Shared = shared.Length == 0 ? null : new TsuListener(path, shared);
    }

    public IReadOnlyList<Tsu> Units { get; }

    /// <summary>All shared units, chosen by policy; null when none is shared.</summary>
    public TsuListener? Shared { get; }

    /// <summary>All units, for callers that come over gRPC.</summary>
    public TsuListener All { get; }

    /// <summary>Each unit by itself.</summary>
    public IReadOnlyDictionary<string, TsuListener> Named { get; }

    /// <summary>All that have an address on HTTP.</summary>
    public IEnumerable<TsuListener> Listeners => Shared is null ? Named.Values : Named.Values.Prepend(Shared);
}
