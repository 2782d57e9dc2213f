namespace EContract.Validation.Policies;

/// <summary>A validation policy can't be used as it is written.</summary>
public sealed class PolicyException(string detail, Exception? inner = null) : Exception(detail, inner);
