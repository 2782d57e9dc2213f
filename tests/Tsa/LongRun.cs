namespace EContract.Tsa.Tests;

/// <summary>ECONTRACT_LONG=1: the runs that take minutes.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1";
}
