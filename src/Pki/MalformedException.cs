namespace EContract.Pki;

/// <summary>The bytes are not what the standard says they must be. Caught at the edge only.</summary>
public sealed class MalformedException : Exception
{
    /// <param name="clause">The clause that the bytes break, such as <c>RFC 3161 §2.4.1</c>.</param>
    /// <param name="detail">What is wrong, without quoting untrusted bytes.</param>
    /// <param name="innerException">The reader's own complaint, if any.</param>
    public MalformedException(string clause, string detail, Exception? innerException = null)
        : base($"{clause}: {detail}", innerException)
    {
        Clause = clause;
        Detail = detail;
    }

    public string Clause { get; }

    public string Detail { get; }
}
