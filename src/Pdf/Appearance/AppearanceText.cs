namespace EContract.Pdf.Appearance;

/// <summary>A paragraph of a visible signature.</summary>
/// <param name="Text">the text; line feeds begin new lines</param>
/// <param name="Scale">size relative to the rest, such as 1.5 for the name</param>
public sealed record AppearanceText(string Text, double Scale = 1);
