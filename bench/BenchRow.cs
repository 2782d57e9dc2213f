namespace EContract.Bench;

/// <summary>One measured line: ours beside a limit or another's, measured in the same run.</summary>
public sealed record BenchRow(
    string Name,
    double Ours,
    string OursUnit,
    string Beside,
    double BesideValue,
    string BesideUnit,
    double Ratio,
    string Goal
);
