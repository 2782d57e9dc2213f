namespace EContract.Pdf;

/// <summary>The document can't be signed as asked, for a reason that the caller can act upon.</summary>
public sealed class PdfRefusedException(PdfRefusal reason, string detail) : Exception($"{reason}: {detail}")
{
    /// <summary>The stable reason code.</summary>
    public PdfRefusal Reason { get; } = reason;

    /// <summary>What exactly stands in the way, for people.</summary>
    public string Detail { get; } = detail;
}
