using System.Collections.Frozen;

namespace EContract.Signer.Enrollment;

/// <summary>
/// R4: what a PIN may be. Guessing needs the token and is counted, so the policy only keeps out what a thief of the login would
/// try first.
/// </summary>
public sealed class PinPolicy(PinPolicyOptions options)
{
    // Rows of keyboards, in whose order PINs are chosen.
    private static readonly string[] Rows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];

    // The heads of published lists of leaked passwords that pass the other rules, and what people here would choose.
    private static readonly FrozenSet<string> Common = new[]
    {
        "password",
        "password1",
        "passw0rd",
        "p4ssw0rd",
        "iloveyou",
        "princess",
        "football",
        "baseball",
        "superman",
        "sunshine",
        "trustno1",
        "letmein1",
        "welcome1",
        "computer",
        "whatever",
        "starwars",
        "michelle",
        "jennifer",
        "corvette",
        "mercedes",
        "maverick",
        "midnight",
        "samantha",
        "qwerty123",
        "qwer1234",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "1qaz2wsx",
        "zaq12wsx",
        "abcd1234",
        "asdf1234",
        "aa123456",
        "a1234567",
        "q1w2e3r4",
        "administrator",
        "administ",
        "changeme",
        "secret123",
        "test1234",
        "doraemon",
        "pikachu1",
        "nintendo",
        "sakura123",
        "sakura12",
        "tokyo2020",
        "yokohama",
        "himitsu1",
        "takahashi",
        "watanabe",
        "kobayashi",
        "yamamoto",
        "econtract",
        "econtract1",
        "13579246",
        "24681357",
        "11223344",
        "10203040",
        "31415926",
        "27182818",
        "14142135",
        "17320508",
        "19191919",
        "20202020",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string> _blocked = options.Blocklist.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rule that a PIN breaks, in words for its chooser; null when it is fit. The answer never quotes the PIN.</summary>
    /// <param name="loginIds">What the subscriber logs in with or is known by.</param>
    public string? Refusal(string pin, IEnumerable<string> loginIds)
    {
        if (pin.Length < options.MinLength || pin.Length > options.MaxLength)
        {
            return $"A PIN has {options.MinLength} to {options.MaxLength} characters.";
        }

        if (!pin.All(char.IsAsciiLetterOrDigit))
        {
            return "A PIN consists of digits and letters (0-9, A-Z, a-z).";
        }

        if (HasPeriod(pin))
        {
            return "A PIN is not a repetition of the same few characters.";
        }

        if (IsSequence(pin))
        {
            return "A PIN is not a sequence such as 12345678 or abcdefgh.";
        }

        if (Common.Contains(pin) || _blocked.Contains(pin))
        {
            return "This PIN is among those that are tried first.";
        }

        if (loginIds.Any(login => IsLogin(pin, login)))
        {
            return "A PIN is not the login id, the e-mail address, the telephone number or the customer number.";
        }

        return null;
    }

    /// <summary>At most four characters over and over: 77777777, 12121212, 20242024.</summary>
    private static bool HasPeriod(string pin)
    {
        for (var period = 1; period <= Math.Min(4, pin.Length / 2); period++)
        {
            if (Enumerable.Range(period, pin.Length - period).All(i => pin[i] == pin[i - period]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nearly all steps from one character to the next are the same small step, or follow a row of the keyboard.</summary>
    private static bool IsSequence(string pin)
    {
        var text = pin.ToLowerInvariant();
        var ordinary = Enumerable.Range(1, text.Length - 1).Count(i => !IsStep(text[i - 1], text[i]));
        return ordinary <= 1;
    }

    private static bool IsStep(char a, char b)
    {
        foreach (var row in Rows)
        {
            var i = row.IndexOf(a, StringComparison.Ordinal);
            var j = row.IndexOf(b, StringComparison.Ordinal);
            if (i >= 0 && j >= 0 && (Math.Abs(i - j) <= 1 || Math.Abs(i - j) == row.Length - 1))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLogin(string pin, string login)
    {
        var plain = string.Concat(login.Where(char.IsAsciiLetterOrDigit));
        var local = string.Concat(login.Split('@')[0].Where(char.IsAsciiLetterOrDigit));
        return IsSame(pin, plain)
            || IsSame(pin, local)
            || (IsDigits(plain) && plain.Length >= pin.Length && plain.EndsWith(pin, StringComparison.Ordinal));
    }

    private static bool IsSame(string pin, string login) =>
        login.Length > 0
        && (
            pin.Equals(login, StringComparison.OrdinalIgnoreCase)
            || string.Concat(login.Reverse()).Equals(pin, StringComparison.OrdinalIgnoreCase)
        );

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
