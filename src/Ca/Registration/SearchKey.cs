namespace EContract.Ca.Registration;

/// <summary>What a search compares: full and half width, case and spaces don't matter.</summary>
internal static class SearchKey
{
    public static string Of(string text) => string.Concat(JapaneseText.Fold(text).ToLowerInvariant().Where(c => !char.IsWhiteSpace(c)));

    /// <summary>A LIKE pattern for texts that begin with the key.</summary>
    public static string Prefix(string text) =>
        Of(text)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
