using System.Formats.Asn1;
using System.Text;
using EContract.Pki.X509;

namespace EContract.Validation.Paths;

/// <summary>
/// Compares names as RFC 5280 §7.1 wants it: directory strings without regard to case, string type and the amount of
/// white space; everything else by its bytes.
/// </summary>
public static class NameMatcher
{
    /// <summary>Whether both are the same name.</summary>
    public static bool Matches(DistinguishedName left, DistinguishedName right) =>
        left.Equals(right) || (left.Rdns.Count == right.Rdns.Count && IsWithin(left, right));

    /// <summary>Whether the name lies in the subtree below <paramref name="root"/>, or is its root.</summary>
    public static bool IsWithin(DistinguishedName name, DistinguishedName root)
    {
        if (name.Rdns.Count < root.Rdns.Count)
        {
            return false;
        }

        for (var i = 0; i < root.Rdns.Count; i++)
        {
            if (!RdnKey(name.Rdns[i]).SequenceEqual(RdnKey(root.Rdns[i]), StringComparer.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Equal for names that match: a key for look-ups.</summary>
    public static string Key(DistinguishedName name) => string.Join('\u0001', name.Rdns.Select(rdn => string.Join('\u0002', RdnKey(rdn))));

    private static IEnumerable<string> RdnKey(IReadOnlyList<AttributeTypeAndValue> rdn) =>
        rdn.Count == 1 ? [AttributeKey(rdn[0])] : rdn.Select(AttributeKey).Order(StringComparer.Ordinal);

    private static string AttributeKey(AttributeTypeAndValue attribute) =>
        attribute.StringType == UniversalTagNumber.Sequence
            ? $"{attribute.Type}={attribute.Value}"
            : $"{attribute.Type}={Fold(attribute.Value)}";

    private static string Fold(string value)
    {
        var folded = new StringBuilder(value.Length);
        var space = false;
        foreach (var c in value.AsSpan().Trim())
        {
            if (char.IsWhiteSpace(c))
            {
                space = true;
                continue;
            }

            if (space)
            {
                folded.Append(' ');
                space = false;
            }

            folded.Append(char.ToLowerInvariant(c));
        }

        return folded.ToString();
    }
}
