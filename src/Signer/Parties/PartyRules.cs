using EContract.Hosting.Errors;

namespace EContract.Signer.Parties;

/// <summary>What a declaration of parties has to be.</summary>
internal static class PartyRules
{
    private const int MaxRole = 60;
    private const int MaxReason = 200;

    /// <exception cref="ServiceException">INVALID_ARGUMENT, TOO_MANY_ITEMS.</exception>
    public static void Require(IReadOnlyList<DeclaredParty> parties, PartyOptions options)
    {
        if (parties.Count == 0)
        {
            if (options.Required)
            {
                throw ServiceException.Invalid("description.parties", "This server takes no document without its parties in order.");
            }

            return;
        }

        if (parties.Count > options.MaxParties)
        {
            throw new ServiceException(
                Fault.TooManyItems,
                $"A document has {options.MaxParties} parties at most.",
                ("limit", $"{options.MaxParties}")
            );
        }

        if (options.OrganisationFirst && parties[0].Kind != PartyKind.Organisation)
        {
            throw ServiceException.Invalid("description.parties[0].kind", "The bank signs first, with its seal.");
        }

        var known = new HashSet<(string Subscriber, string Role)>();
        for (var i = 0; i < parties.Count; i++)
        {
            Require(parties[i], $"description.parties[{i}]");
            if (!known.Add((parties[i].Subscriber.Value, parties[i].Role)))
            {
                throw ServiceException.Invalid($"description.parties[{i}]", "The same party in the same role is declared before.");
            }
        }
    }

    private static void Require(DeclaredParty party, string field)
    {
        if (party.Role.Length is 0 or > MaxRole)
        {
            throw ServiceException.Invalid($"{field}.role", $"A role of 1 to {MaxRole} characters is needed.");
        }

        if (party.Reason.Length > MaxReason)
        {
            throw ServiceException.Invalid($"{field}.reason", $"{MaxReason} characters at most.");
        }

        if (party.Placement is { Rectangle: var box } && !(box.Width > 0 && box.Height > 0))
        {
            throw ServiceException.Invalid($"{field}.placement", "Width and height are more than nothing.");
        }
    }
}
