using Google.Protobuf.WellKnownTypes;

namespace EContract.Cli.Output;

internal static class Times
{
    /// <summary>UTC to the second; empty if absent.</summary>
    public static string Show(Timestamp? time) => time is null ? "" : $"{time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z";
}
