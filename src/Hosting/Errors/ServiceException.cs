using System.Collections.Frozen;

namespace EContract.Hosting.Errors;

/// <summary>
/// We say no. Caught at the edge only, where the fault's row decides status and reason. The detail goes to the caller and to the log:
/// no secret and no personal data belong into it.
/// </summary>
public sealed class ServiceException : Exception
{
    private static readonly FrozenDictionary<string, string> NoMetadata = FrozenDictionary<string, string>.Empty;

    public ServiceException(Fault fault, string detail, IReadOnlyDictionary<string, string>? metadata = null, Exception? cause = null)
        : base(detail, cause)
    {
        Fault = fault;
        FaultMetadata = metadata ?? NoMetadata;
    }

    public ServiceException(Fault fault, string detail, IEnumerable<FieldViolation> violations)
        : this(fault, detail) => Violations = [.. violations];

    public ServiceException(Fault fault, string detail, params ReadOnlySpan<(string Name, string Value)> metadata)
        : base(detail)
    {
        Fault = fault;
        var values = new Dictionary<string, string>(metadata.Length);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }

        FaultMetadata = values;
    }

    public Fault Fault { get; }

    /// <summary>Facts for programs: limits, states, attempts left. Names in snake_case. Becomes <c>ErrorInfo.metadata</c>.</summary>
    public IReadOnlyDictionary<string, string> FaultMetadata { get; }

    public IReadOnlyList<FieldViolation> Violations { get; } = [];

    /// <summary>When the caller should come back (<c>google.rpc.RetryInfo</c>).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>INVALID_ARGUMENT for one field.</summary>
    public static ServiceException Invalid(string field, string description) =>
        new(Fault.InvalidArgument, $"{field}: {description}", [new FieldViolation(field, description)]);
}
