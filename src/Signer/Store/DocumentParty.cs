using EContract.Pdf;
using EContract.Signer.Identities;
using EContract.Signer.Parties;

namespace EContract.Signer.Store;

/// <summary>Somebody who signs a document, at his place in the order.</summary>
public sealed class DocumentParty
{
    public required DocumentId DocumentId { get; init; }

    /// <summary>Place in the order, from 0.</summary>
    public required int Ordinal { get; init; }

    public required SubscriberId SubscriberId { get; init; }

    public required PartyKind Kind { get; init; }

    public required string Role { get; init; }

    public required string Reason { get; init; }

    public string? FieldName { get; init; }

    /// <summary>Set together with the four lengths: page from 1, or -1 for the last.</summary>
    public int? Page { get; init; }

    public double? X { get; init; }

    public double? Y { get; init; }

    public double? Width { get; init; }

    public double? Height { get; init; }

    public byte[]? Image { get; init; }

    /// <summary>The version that the party's signature made.</summary>
    public int? SignedVersion { get; set; }

    public DateTimeOffset? SignedAt { get; set; }

    public static DocumentParty Of(DocumentId document, int ordinal, DeclaredParty party) =>
        new()
        {
            DocumentId = document,
            Ordinal = ordinal,
            SubscriberId = party.Subscriber,
            Kind = party.Kind,
            Role = party.Role,
            Reason = party.Reason,
            FieldName = party.FieldName,
            Page = party.Placement?.Page,
            X = party.Placement?.Rectangle.X,
            Y = party.Placement?.Rectangle.Y,
            Width = party.Placement?.Rectangle.Width,
            Height = party.Placement?.Rectangle.Height,
            Image = party.Image,
        };

    public DeclaredParty Declared() =>
        new(
            SubscriberId,
            Kind,
            Role,
            Reason,
            Page is { } page ? new SignaturePlacement(page, new Rectangle(X!.Value, Y!.Value, Width!.Value, Height!.Value)) : null,
            Image,
            FieldName
        );
}
