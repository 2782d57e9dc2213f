using EContract.Tsa.Requests;

namespace EContract.Tsa.Units;

/// <summary>The units that answer at one place, the first of them when no policy is asked for.</summary>
public sealed class TsuListener(string path, IReadOnlyList<Tsu> units)
{
    public string Path { get; } = path;

    public IReadOnlyList<Tsu> Units { get; } = units;

    /// <summary>RFC 3161 §2.4.1: a policy that is not served is refused, never replaced by another.</summary>
    internal Refusal? Choose(ReadOnlySpan<byte> policy, out Tsu unit, out ReadOnlySpan<byte> policyPrefix)
    {
        foreach (Tsu candidate in Units)
        {
            if (candidate.TryGetPolicy(policy, out policyPrefix))
            {
                unit = candidate;
                return null;
            }
        }

        unit = Units[0];
        policyPrefix = default;
        return Refusal.Policy;
    }
}
