using Grpc.Core;

namespace EContract.Hosting.Errors;

/// <summary>One row of the error table: what a <see cref="Fault"/> is called on the wire, and what it means to a caller.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class FaultInfoAttribute(string group, string reason, StatusCode status, string meaning, string remedy) : Attribute
{
    /// <summary>The heading under which docs/errors.md lists it.</summary>
    public string Group { get; } = group;

    /// <summary>The stable reason code, <c>google.rpc.ErrorInfo.reason</c>: SCREAMING_SNAKE_CASE, at most 63 characters.</summary>
    public string Reason { get; } = reason;

    public StatusCode Status { get; } = status;

    /// <summary>One sentence: what is the case.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>One sentence: what the caller can do.</summary>
    public string Remedy { get; } = remedy;
}
