using EContract.Hosting.Callers;
using EContract.Hosting.Errors;

namespace EContract.Ca.Registration;

/// <summary>Who does something: the calling client and the person behind it. Two people are the same if their names are, whatever the spelling.</summary>
public sealed record Actor
{
    private const int MaxLength = 128;

    private Actor(string caller, string person, OrganisationScope scope)
    {
        Caller = caller;
        Person = person;
        Scope = scope;
    }

    public string Caller { get; }

    /// <summary>The operator that the client names, else the client itself.</summary>
    public string Person { get; }

    /// <summary>Whose subscribers the client may act for.</summary>
    public OrganisationScope Scope { get; }

    /// <exception cref="ServiceException">INVALID_ARGUMENT: the operator's name is too long or has control characters.</exception>
    public static Actor Of(CallerIdentity caller, string operatorName) => Of(caller.Name, operatorName, OrganisationScope.Of(caller));

    /// <summary>Without a limit to organisations.</summary>
    /// <exception cref="ServiceException">INVALID_ARGUMENT: the operator's name is too long or has control characters.</exception>
    public static Actor Of(string caller, string operatorName) => Of(caller, operatorName, OrganisationScope.All);

    private static Actor Of(string caller, string operatorName, OrganisationScope scope)
    {
        if (operatorName.Length > MaxLength || operatorName.Any(char.IsControl))
        {
            throw ServiceException.Invalid("operator", $"is longer than {MaxLength} characters or has control characters");
        }

        // "Sato", "sato " and "ｓａｔｏ" must not approve each other's changes.
        var person = string.Concat(JapaneseText.Fold(operatorName).ToLowerInvariant().Where(c => !char.IsWhiteSpace(c)));
        return new(caller, person.Length == 0 ? caller.ToLowerInvariant() : person, scope);
    }
}
