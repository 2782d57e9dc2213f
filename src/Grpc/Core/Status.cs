namespace Grpc.Core;

/// <summary>Result of a call: code and a message for people.</summary>
public struct Status(StatusCode statusCode, string detail, Exception? debugException) : IEquatable<Status>
{
    private readonly string? _detail = detail;

    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null) { }

    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    public readonly StatusCode StatusCode { get; } = statusCode;

    public readonly string Detail => _detail ?? "";

    /// <summary>What caused the status locally. Never crosses the wire and plays no part in equality.</summary>
    public readonly Exception? DebugException { get; } = debugException;

    public readonly bool Equals(Status other) => StatusCode == other.StatusCode && Detail == other.Detail;

    public override readonly bool Equals(object? obj) => obj is Status other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(StatusCode, Detail);

    public static bool operator ==(Status left, Status right) => left.Equals(right);

    public static bool operator !=(Status left, Status right) => !left.Equals(right);

    public override readonly string ToString() =>
        DebugException is null
            ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
            : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";
}
