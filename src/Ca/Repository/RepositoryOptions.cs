namespace EContract.Ca.Repository;

/// <summary>Settings under <c>Ca:Repository</c>.</summary>
public sealed class RepositoryOptions
{
    /// <summary>The certification practice statement: .html, .md, .txt or .pdf. Empty: the one that comes with the software.</summary>
    public string PracticeStatement { get; set; } = "";
}
