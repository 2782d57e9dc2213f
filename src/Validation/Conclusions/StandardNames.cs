using System.Text;

namespace EContract.Validation.Conclusions;

/// <summary>The names as ETSI EN 319 102-1 §5.1.3 spells them.</summary>
public static class StandardNames
{
    /// <summary>TOTAL-PASSED, INDETERMINATE, TOTAL-FAILED.</summary>
    public static string Of(Indication indication) =>
        indication switch
        {
            Indication.Passed => "TOTAL-PASSED",
            Indication.Failed => "TOTAL-FAILED",
            _ => "INDETERMINATE",
        };

    /// <summary>Such as OUT_OF_BOUNDS_NO_POE.</summary>
    public static string Of(SubIndication reason) => Spell(reason.ToString());

    /// <summary>OutOfBoundsNoPoe as OUT_OF_BOUNDS_NO_POE.</summary>
    internal static string Spell(string words)
    {
        var name = new StringBuilder(words.Length + 8);
        for (var i = 0; i < words.Length; i++)
        {
            if (i > 0 && char.IsUpper(words[i]))
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(words[i]));
        }

        return name.ToString();
    }
}
