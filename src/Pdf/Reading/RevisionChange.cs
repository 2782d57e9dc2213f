namespace EContract.Pdf.Reading;

/// <summary>One difference between two revisions.</summary>
/// <param name="Path">where it is, from the trailer, such as /Root/Pages/Kids[0]/Contents</param>
/// <param name="Level">what kind of change it is</param>
/// <param name="Description">what happened, for people</param>
/// <param name="Field">fully qualified name of the form field concerned, to be held against FieldMDP; null for none</param>
public sealed record RevisionChange(string Path, ModificationLevel Level, string Description, string? Field);
