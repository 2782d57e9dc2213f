namespace EContract.Pdf.Reading;

/// <summary>A way through a document; written out only where something differs.</summary>
internal sealed record DocumentPath(string Segment, DocumentPath? Parent = null)
{
    public DocumentPath Add(string segment) => new(segment, this);

    public override string ToString()
    {
        string own = Segment.StartsWith('[') ? Segment : $"/{Segment}";
        return Parent is null ? own : Parent + own;
    }
}
