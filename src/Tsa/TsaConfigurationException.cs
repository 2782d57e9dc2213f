namespace EContract.Tsa;

/// <summary>The authority can't start as it is configured. Names every problem at once.</summary>
public sealed class TsaConfigurationException(IReadOnlyList<string> problems)
    : Exception("The time-stamp authority can't start: " + string.Join("; ", problems) + ".")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
