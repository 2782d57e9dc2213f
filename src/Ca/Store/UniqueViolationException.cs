namespace EContract.Ca.Store;

/// <summary>A unique index or constraint stopped an insert: somebody else was first.</summary>
public sealed class UniqueViolationException(string constraint, Exception inner) : Exception($"{constraint} is violated", inner)
{
    /// <summary>The constraint's name in the schema.</summary>
    public string Constraint { get; } = constraint;
}
