using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>Which form fields a signature locks (FieldMDP, ISO 32000-2 §12.8.2.4 and Table 236).</summary>
/// <param name="Action">how <paramref name="Fields"/> is meant</param>
/// <param name="Fields">fully qualified field names; a name also stands for its descendants</param>
public sealed record FieldLock(FieldLockAction Action, IReadOnlyList<string> Fields)
{
    /// <summary>Every field.</summary>
    public static FieldLock All { get; } = new(FieldLockAction.All, []);

    /// <summary>Whether the field of this name may no longer change.</summary>
    public bool Locks(string field) =>
        Action switch
        {
            FieldLockAction.Include => Names(field),
            FieldLockAction.Exclude => !Names(field),
            _ => true,
        };

    internal static FieldLock? From(PdfDictionary? dictionary, PdfDocument document)
    {
        if (dictionary is null)
        {
            return null;
        }
        IEnumerable<string> fields = (document.Get<PdfArray>(dictionary, "Fields") ?? [])
            .Select(document.Resolve)
            .OfType<PdfString>()
            .Select(name => name.ToText());
        return document.Get<PdfName>(dictionary, "Action")?.Value switch
        {
            "Include" => new FieldLock(FieldLockAction.Include, [.. fields]),
            "Exclude" => new FieldLock(FieldLockAction.Exclude, [.. fields]),
            "All" => All,
            _ => null,
        };
    }

    internal PdfDictionary ToDictionary(string type)
    {
        PdfDictionary dictionary = new PdfDictionary().Set("Type", new PdfName(type)).Set("Action", new PdfName(Action.ToString()));
        return Action == FieldLockAction.All ? dictionary : dictionary.Set("Fields", new PdfArray([.. Fields.Select(PdfString.Text)]));
    }

    private bool Names(string field) =>
        Fields.Any(name => field == name || (field.StartsWith(name, StringComparison.Ordinal) && field[name.Length] == '.'));
}
