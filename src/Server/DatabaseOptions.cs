namespace EContract.Server;

/// <summary>Section <c>ConnectionStrings</c>: PostgreSQL.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The database of every role.</summary>
    public string? Database { get; set; }

    /// <summary>The database of the evidence log. Default: the same.</summary>
    public string? Audit { get; set; }
}
