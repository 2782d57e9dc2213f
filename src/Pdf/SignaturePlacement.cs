namespace EContract.Pdf;

/// <summary>Where a visible signature is put.</summary>
/// <param name="Page">page number from 1, or from the end: -1 is the last</param>
/// <param name="Rectangle">
/// in points from the lower-left corner of the page as a person sees it: its crop box, turned by its /Rotate. x runs right, y up.
/// </param>
public sealed record SignaturePlacement(int Page, Rectangle Rectangle);
