using EContract.Hosting.Errors;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using EContract.Signer.Parties;
using EContract.Signer.Store;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Signer.V1;

namespace EContract.Signer.Grpc;

/// <summary>The parties of a document, from the wire and back.</summary>
internal static class PartiesOnWire
{
    public static IReadOnlyList<DeclaredParty> Read(IReadOnlyList<Wire.Party> parties) =>
        [.. parties.Select((party, i) => Read(party, $"description.parties[{i}]"))];

    public static Wire.GetDocumentResponse Write(StoredDocument document, IReadOnlyList<DocumentParty> parties)
    {
        var response = new Wire.GetDocumentResponse
        {
            DocumentId = document.Id.Value,
            Name = document.Name,
            Version = document.Version,
            Size = document.Size,
            Digest = ByteString.CopyFrom(document.Digest),
            NextParty = parties.FirstOrDefault(p => p.SignedVersion is null) is { } next ? next.Ordinal + 1 : 0,
        };
        response.Parties.AddRange(parties.Select(Write));
        return response;
    }

    private static DeclaredParty Read(Wire.Party party, string field) =>
        new(
            Reading.Id<SubscriberId>(party.SubscriberId, $"{field}.subscriber_id"),
            party.Kind switch
            {
                Wire.PartyKind.Person => PartyKind.Person,
                Wire.PartyKind.Organisation => PartyKind.Organisation,
                _ => throw ServiceException.Invalid($"{field}.kind", "A person or an organisation."),
            },
            party.Role,
            party.Reason,
            Orders.Placement(party.Placement),
            Orders.Image(party.Placement),
            party.FieldName.Length == 0 ? null : party.FieldName
        );

    private static Wire.PartyStanding Write(DocumentParty row)
    {
        var party = row.Declared();
        return new Wire.PartyStanding
        {
            Party = new Wire.Party
            {
                SubscriberId = party.Subscriber.Value,
                Kind = party.Kind == PartyKind.Organisation ? Wire.PartyKind.Organisation : Wire.PartyKind.Person,
                Role = party.Role,
                Reason = party.Reason,
                FieldName = party.FieldName ?? "",
                Placement = party.Placement is { } place
                    ? new Wire.Placement
                    {
                        Page = Math.Max(place.Page, 0),
                        X = place.Rectangle.X,
                        Y = place.Rectangle.Y,
                        Width = place.Rectangle.Width,
                        Height = place.Rectangle.Height,
                    }
                    : null,
            },
            SignedVersion = row.SignedVersion ?? 0,
            SignTime = row.SignedAt?.ToTimestamp(),
        };
    }
}
