using FsCheck;
using Microsoft.FSharp.Core;

namespace EContract.TestKit;

/// <summary>How property tests choose their cases.</summary>
public static class PropertyRuns
{
    /// <summary>For a test that draws by itself.</summary>
    public static int Seed { get; } = IsLong ? Environment.TickCount : 20261121;

    private static bool IsLong => Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1";

    private static readonly Replay Fixed = new(new Rnd(20261121UL, 7777777777777777777UL), FSharpOption<int>.None);

    /// <summary>
    /// The same cases in every run, so that a run that fails says something about the change and can be repeated. ECONTRACT_LONG=1: others
    /// in each run.
    /// </summary>
    public static Config Of(int cases)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(cases);
        return IsLong ? config : config.WithReplay(FSharpOption<Replay>.Some(Fixed));
    }
}
