using System.Collections.Frozen;
using System.Reflection;
using Grpc.Core;

namespace EContract.Hosting.Errors;

/// <summary>Looks up the rows that <see cref="Fault"/> carries.</summary>
public static class FaultTable
{
    /// <summary><c>google.rpc.ErrorInfo.domain</c> of all our reasons.</summary>
    public const string Domain = "econtract";

    private static readonly FrozenDictionary<Fault, FaultInfoAttribute> Rows = Enum.GetValues<Fault>()
        .ToFrozenDictionary(fault => fault, fault => typeof(Fault).GetField(fault.ToString())!.GetCustomAttribute<FaultInfoAttribute>()!);

    private static readonly FrozenDictionary<string, Fault> ByReason = Rows.ToFrozenDictionary(row => row.Value.Reason, row => row.Key);

    public static FaultInfoAttribute Info(this Fault fault) => Rows[fault];

    public static string Reason(this Fault fault) => Rows[fault].Reason;

    public static StatusCode Status(this Fault fault) => Rows[fault].Status;

    /// <summary>The fault behind a reason code that came over the wire, for one role that calls another.</summary>
    public static bool TryParse(string reason, out Fault fault) => ByReason.TryGetValue(reason, out fault);
}
