namespace EContract.Pdf;

/// <summary>The bytes are no well-formed PDF. <see cref="Clause"/> names what was violated, usually a clause of ISO 32000-2.</summary>
public sealed class MalformedException(string clause, string detail, Exception? inner = null) : Exception($"{clause}: {detail}", inner)
{
    /// <summary>The clause that the document violates, such as "ISO 32000-2 §7.5.4".</summary>
    public string Clause { get; } = clause;

    /// <summary>What is wrong, with the byte offset or object number where known.</summary>
    public string Detail { get; } = detail;
}
