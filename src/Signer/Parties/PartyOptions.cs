namespace EContract.Signer.Parties;

/// <summary>Who has to be declared for a document.</summary>
public sealed class PartyOptions
{
    /// <summary>R8: the bank signs first. A declaration that begins with a person is refused.</summary>
    public bool OrganisationFirst { get; set; } = true;

    /// <summary>Whether documents without declared parties are refused, so that no portal can leave the order out.</summary>
    public bool Required { get; set; }

    /// <summary>Most signatures of one document.</summary>
    public int MaxParties { get; set; } = 50;
}
