using System.Globalization;
using EContract.Hosting.Errors;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Parties;

/// <summary>
/// R8: the parties of a document sign in the order in which they were declared. Asked while a signing is prepared: that the turn is
/// still the same when the key is used follows from the version, which the reservation compares and every signature changes.
/// </summary>
public sealed class PartyDesk(SignerDatabase database)
{
    /// <summary>The declared parties in order; none if none were declared.</summary>
    public async Task<IReadOnlyList<DocumentParty>> ListAsync(DocumentId document, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ListPartiesAsync(document, cancellationToken);
    }

    /// <summary>The order with what the declaration says of it, and the party that signs; the order as it is where nobody is declared.</summary>
    /// <exception cref="ServiceException">PARTY_UNKNOWN, PARTY_ALREADY_SIGNED, PARTY_OUT_OF_TURN, INVALID_ARGUMENT.</exception>
    internal async Task<(PdfOrder Order, int? Party)> AdmitAsync(
        PdfOrder order,
        Credential credential,
        string field,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var parties = await db.ListPartiesAsync(order.DocumentId, cancellationToken);
        if (parties.Count > 0)
        {
            var party = Admit(parties, order.Role, credential);
            return (Complete(order, party.Declared(), field), party.Ordinal);
        }

        return await db.HasSignedAsync(order.DocumentId, credential.SubscriberId, order.Role, cancellationToken)
            ? throw AlreadySigned()
            : (order, null);
    }

    private static DocumentParty Admit(List<DocumentParty> parties, string role, Credential credential)
    {
        var own = parties.Where(p => p.SubscriberId == credential.SubscriberId && (role.Length == 0 || p.Role == role)).ToList();
        if (own.Count == 0)
        {
            throw new ServiceException(Fault.PartyUnknown, "The document has no such party in this role.");
        }

        var next = own.Find(p => p.SignedVersion is null) ?? throw AlreadySigned();
        var turn = parties.First(p => p.SignedVersion is null);
        if (next != turn)
        {
            throw new ServiceException(
                Fault.PartyOutOfTurn,
                "Another party of the document must sign first.",
                ("turn", (turn.Ordinal + 1).ToString(CultureInfo.InvariantCulture)),
                ("turn_role", turn.Role)
            );
        }

        return credential.Seal == (turn.Kind == PartyKind.Organisation)
            ? turn
            : throw new ServiceException(Fault.PartyUnknown, "An organisation signs with its seal, a person with his own key.");
    }

    private static PdfOrder Complete(PdfOrder order, DeclaredParty party, string field)
    {
        Require(order.Reason.Length == 0 || party.Reason.Length == 0 || order.Reason == party.Reason, $"{field}.reason");
        Require(order.FieldName is null || party.FieldName is null || order.FieldName == party.FieldName, $"{field}.field_name");
        Require(order.Placement is null || party.Placement is null || order.Placement == party.Placement, $"{field}.placement");
        Require(order.Image is null || party.Image is null || order.Image.AsSpan().SequenceEqual(party.Image), $"{field}.placement.image");
        return order with
        {
            Role = party.Role,
            Reason = order.Reason.Length == 0 ? party.Reason : order.Reason,
            FieldName = order.FieldName ?? party.FieldName,
            Placement = order.Placement ?? party.Placement,
            Image = order.Image ?? party.Image,
        };
    }

    private static void Require(bool agrees, string field)
    {
        if (!agrees)
        {
            throw ServiceException.Invalid(field, "The document's declaration says otherwise for this party.");
        }
    }

    private static ServiceException AlreadySigned() => new(Fault.PartyAlreadySigned, "This party has signed this document in this role.");
}
