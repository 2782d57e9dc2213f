using EContract.Pdf;
using EContract.Signer.Identities;

namespace EContract.Signer.Parties;

/// <summary>A person or organisation in one role of a contract, as the portal declared it.</summary>
/// <param name="Subscriber">Not a credential: after a re-issue (R13) it is still the same party.</param>
/// <param name="Reason">Empty: as the signing says.</param>
/// <param name="Placement">Null: as the signing says.</param>
/// <param name="Image">PNG or JPEG of the seal beside the text.</param>
/// <param name="FieldName">Null: as the signing says.</param>
public sealed record DeclaredParty(
    SubscriberId Subscriber,
    PartyKind Kind,
    string Role,
    string Reason,
    SignaturePlacement? Placement,
    byte[]? Image,
    string? FieldName
);
