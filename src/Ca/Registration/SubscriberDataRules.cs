using System.Buffers;
using System.Globalization;
using EContract.Hosting.Errors;

namespace EContract.Ca.Registration;

/// <summary>What a subscriber's data must be (R1): everything missing or wrong is named at once.</summary>
public static class SubscriberDataRules
{
    private static readonly SearchValues<char> NotInLocalPart = SearchValues.Create("<>()[]\\,;:\"@");

    private const int MaxName = 64; // ub-common-name, RFC 5280 Appendix A.1

    /// <summary>The data as they are stored: without white space at the ends, kana in full width.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.SubscriberDataMissing"/>, <see cref="Fault.SubscriberDataInvalid"/>.</exception>
    public static SubscriberData Require(SubscriberData data)
    {
        var clean = Clean(data);
        var (missing, wrong) = Judge(clean);
        return missing.Count > 0
                ? throw new ServiceException(
                    Fault.SubscriberDataMissing,
                    wrong.Count > 0 ? $"missing: {Name(missing)}; invalid: {Name(wrong)}" : $"missing: {Name(missing)}",
                    missing.Concat(wrong)
                )
            : wrong.Count > 0 ? throw new ServiceException(Fault.SubscriberDataInvalid, $"invalid: {Name(wrong)}", wrong)
            : clean;
    }

    /// <summary>What is missing, then what is wrong; empty if nothing is.</summary>
    public static IReadOnlyList<FieldViolation> Find(SubscriberData data)
    {
        var (missing, wrong) = Judge(Clean(data));
        return [.. missing, .. wrong];
    }

    private static (List<FieldViolation> Missing, List<FieldViolation> Wrong) Judge(SubscriberData clean)
    {
        var missing = FindMissing(clean).Select(field => new FieldViolation(field, "is missing")).ToList();
        var fields = missing.Select(m => m.Field).ToHashSet();
        var wrong = FindWrong(clean).Where(w => !fields.Contains(w.Field)).Select(w => new FieldViolation(w.Field, w.Problem)).ToList();
        return (missing, wrong);
    }

    private static string Name(List<FieldViolation> violations) => string.Join(", ", violations.Select(v => v.Field).Distinct());

    private static SubscriberData Clean(SubscriberData data) =>
        data with
        {
            Name = Clean(data.Name),
            // Half-width kana of old systems become full width: フリガナ has one spelling.
            Kana = JapaneseText.Fold(Clean(data.Kana)),
            RomanisedName = Clean(data.RomanisedName),
            Email = Clean(data.Email),
            Mobile = Clean(data.Mobile),
            CustomerNumber = Clean(data.CustomerNumber),
            Organisation = data.Organisation is { } o
                ? new(Clean(o.Name), Clean(o.RomanisedName), Clean(o.CorporateNumber), Clean(o.Department), Clean(o.Role))
                : null,
        };

    private static string Clean(string text) => text.Trim();

    private static IEnumerable<string> FindMissing(SubscriberData data)
    {
        if (!Enum.IsDefined(data.Kind))
        {
            yield return "kind";
        }

        if (data.Name.Length == 0)
        {
            yield return "name";
        }

        if (data.Kana.Length == 0)
        {
            yield return "kana";
        }

        if (data.Email.Length == 0)
        {
            yield return "email";
        }

        if (data.Mobile.Length == 0)
        {
            yield return "mobile";
        }

        if (data.Kind == SubscriberKind.Employee)
        {
            if (data.Organisation is not { Name.Length: > 0 })
            {
                yield return "organisation.name";
            }

            if (data.Organisation is not { Role.Length: > 0 })
            {
                yield return "organisation.role";
            }
        }

        if (data.Kind == SubscriberKind.Organisation && data.Organisation is not { CorporateNumber.Length: > 0 })
        {
            yield return "organisation.corporate_number";
        }
    }

    private static IEnumerable<(string Field, string Problem)> FindWrong(SubscriberData data)
    {
        var organisation = data.Organisation ?? new OrganisationData("");
        (string Field, string Value, int Max)[] texts =
        [
            ("name", data.Name, MaxName),
            ("kana", data.Kana, 128),
            ("romanised_name", data.RomanisedName, MaxName),
            ("email", data.Email, 254),
            ("mobile", data.Mobile, 16),
            ("customer_number", data.CustomerNumber, 64),
            ("organisation.name", organisation.Name, MaxName),
            ("organisation.romanised_name", organisation.RomanisedName, MaxName),
            ("organisation.department", organisation.Department, MaxName),
            ("organisation.role", organisation.Role, MaxName),
        ];
        foreach (var (field, value, max) in texts)
        {
            if (!IsUnicode(value) || value.Any(IsInvisible))
            {
                yield return (field, "has control or invisible characters");
            }
            else if (new StringInfo(value).LengthInTextElements > max || value.Length > 4 * max)
            {
                yield return (field, $"is longer than {max} characters");
            }
        }

        if (!data.Kana.All(IsKatakana))
        {
            yield return ("kana", "is not full-width katakana");
        }

        if (!data.RomanisedName.All(c => c is >= ' ' and <= '~'))
        {
            yield return ("romanised_name", "is not ASCII");
        }

        if (!organisation.RomanisedName.All(c => c is >= ' ' and <= '~'))
        {
            yield return ("organisation.romanised_name", "is not ASCII");
        }

        if (!IsMailbox(data.Email))
        {
            yield return ("email", "is not local-part@domain in ASCII");
        }

        if (
            data.Mobile.Length is < 8 or > 16
            || data.Mobile[0] != '+'
            || data.Mobile[1] == '0'
            || !data.Mobile.Skip(1).All(char.IsAsciiDigit)
        )
        {
            yield return ("mobile", "is not an E.164 number such as +819012345678");
        }

        if (organisation.CorporateNumber.Length > 0 && !IsCorporateNumber(organisation.CorporateNumber))
        {
            yield return ("organisation.corporate_number", "is not 13 digits with the right check digit");
        }

        if (data.Kind == SubscriberKind.Individual && data.Organisation is not null)
        {
            yield return ("organisation", "does not belong to an individual");
        }
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsInvisible(char c) =>
        char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Katakana, the prolonged sound mark, the middle dot and spaces.
    private static bool IsKatakana(char c) => c is (>= '\u30A1' and <= '\u30FE') or ' ' or '\u3000';

    private static bool IsMailbox(string email)
    {
        var at = email.LastIndexOf('@');
        return at is > 0 and <= 64
            && email.All(c => c is > ' ' and <= '~')
            && !email.AsSpan(0, at).ContainsAny(NotInLocalPart)
            && email[(at + 1)..].Split('.') is { Length: > 1 } labels
            && labels.All(l =>
                l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            );
    }

    /// <summary>法人番号: the first digit checks the other twelve, 9 − (Σ Pₙ·Qₙ mod 9), Qₙ alternating 1 and 2 from the right.</summary>
    internal static bool IsCorporateNumber(string text)
    {
        if (text.Length != 13 || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var n = 1; n <= 12; n++)
        {
            sum += (text[13 - n] - '0') * (n % 2 == 1 ? 1 : 2);
        }

        return text[0] - '0' == 9 - (sum % 9);
    }
}
