namespace EContract.Cli.Output;

internal static class ExitCodes
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int WrongCommandLine = 2;
    public const int NotReachable = 3;

    /// <summary>Only of <c>econtract verify</c>.</summary>
    public const int ValidationIndeterminate = 4;

    /// <summary>Only of <c>econtract verify</c>.</summary>
    public const int ValidationFailed = 5;
}
