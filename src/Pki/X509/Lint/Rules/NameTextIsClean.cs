namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Names have no control characters, no bidirectional overrides and no white space at their ends: what is read is what is signed.</summary>
public sealed class NameTextIsClean : ICertificateRule
{
    public string Name => "name_text_is_clean";

    public string Clause => "EContract CPS";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var attribute in subject.Tbs.Subject.Attributes)
        {
            var value = attribute.Value;
            if (value.Any(IsDeceptive) || value != value.Trim())
            {
                yield return $"{AttributeNames.ShortName(attribute.Type)} has control characters or white space at its ends";
            }
        }
    }

    // U+200B…U+200F, U+202A…U+202E, U+2060…U+206F: invisible or turning the direction.
    private static bool IsDeceptive(char c) =>
        char.IsControl(c)
        || c is (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F') or '\uFEFF';
}
