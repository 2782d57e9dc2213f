using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>
/// Rows read for change, locked until the transaction ends. Every transaction locks in this order: credential, one-time password,
/// activation, documents by id.
/// </summary>
public static class RowLocks
{
    public static Task<Credential> LockCredentialAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db.Credentials.FromSql($"select * from signer.credential where id = {id.Value} for update").SingleAsync(cancellationToken);

    public static Task<OneTimePassword> LockOneTimePasswordAsync(
        this SignerContext db,
        string subjectId,
        CancellationToken cancellationToken
    ) =>
        db
            .OneTimePasswords.FromSql($"select * from signer.one_time_password where subject_id = {subjectId} for update")
            .SingleAsync(cancellationToken);

    public static Task<ActivationRow> LockActivationAsync(this SignerContext db, ActivationId id, CancellationToken cancellationToken) =>
        db.Activations.FromSql($"select * from signer.activation where id = {id.Value} for update").SingleAsync(cancellationToken);

    public static Task<Document> LockDocumentAsync(this SignerContext db, DocumentId id, CancellationToken cancellationToken) =>
        db.Documents.FromSql($"select * from signer.document where id = {id.Value} for update").SingleAsync(cancellationToken);
}
