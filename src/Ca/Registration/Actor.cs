using EContract.Hosting.Errors;

namespace EContract.Ca.Registration;

/// <summary>Who does something: the calling client and the person behind it. Two people are the same if their names are, whatever the spelling.</summary>
public sealed record Actor
{
    private const int MaxLength = 128;

    private Actor(string caller, string person)
    {
        Caller = caller;
        Person = person;
    }

    public string Caller { get; }

    /// <summary>The operator that the client names, else the client itself.</summary>
    public string Person { get; }

    /// <exception cref="ServiceException">INVALID_ARGUMENT: the operator's name is too long or has control characters.</exception>
    public static Actor Of(string caller, string operatorName)
    {
        if (operatorName.Length > MaxLength || operatorName.Any(char.IsControl))
        {
            throw ServiceException.Invalid("operator", $"is longer than {MaxLength} characters or has control characters");
        }

        // "Sato", "sato " and "ｓａｔｏ" must not approve each other's changes.
        var person = string.Concat(JapaneseText.Fold(operatorName).ToLowerInvariant().Where(c => !char.IsWhiteSpace(c)));
        return new(caller, person.Length == 0 ? caller.ToLowerInvariant() : person);
    }
}
