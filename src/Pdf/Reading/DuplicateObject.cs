namespace EContract.Pdf.Reading;

/// <summary>A second body of an object in one revision: the cross-reference names another, but a viewer that repairs files may show this one.</summary>
/// <param name="Number">the object's number</param>
/// <param name="Offset">where the body that isn't named begins</param>
/// <param name="Revision">index of the revision that has both</param>
public sealed record DuplicateObject(int Number, long Offset, int Revision);
