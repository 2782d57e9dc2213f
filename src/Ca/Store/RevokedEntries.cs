using System.Runtime.CompilerServices;
using EContract.Ca.Revocation;
using EContract.Pki;
using EContract.Pki.Crl;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>What a CRL lists, row by row as the database sends it: a million entries are never in memory as objects.</summary>
internal static class RevokedEntries
{
    private const string Columns = "SELECT c.serial, c.revoked_at, c.reason, c.invalidity_date, c.status FROM ca.certificates c";
    private const string InScope = "c.authority = $1 AND c.state = 2 AND ($2 < 0 OR c.shard = $2)";

    /// <summary>A complete list: everything that is not good.</summary>
    private const string Complete = $"{Columns} WHERE {InScope} AND c.status <> 1";

    /// <summary>A delta: everything with an event since the base, also what is good again.</summary>
    private const string Delta =
        $"{Columns} WHERE {InScope} AND c.serial IN (SELECT serial FROM ca.status_events WHERE authority = $1 AND changed_at >= $3)";

    /// <param name="since">For a delta: from when on changes count. Null for a complete list.</param>
    public static async IAsyncEnumerable<RevokedCertificate> ReadAsync(
        NpgsqlConnection connection,
        CrlScope scope,
        DateTimeOffset? since,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(since is null ? Complete : Delta, connection);
        command.Parameters.Add(new() { Value = scope.Authority });
        command.Parameters.Add(new() { Value = scope.Column });
        if (since is { } from)
        {
            command.Parameters.Add(new() { Value = from });
        }

        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var serial = SerialNumber.FromContent((byte[])rows[0]);
            if ((CertificateStatus)rows.GetInt32(4) == CertificateStatus.Good)
            {
                yield return new RevokedCertificate(serial, since!.Value, CrlReason.RemoveFromCrl);
                continue;
            }

            DateTimeOffset? invalidity = rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3);
            yield return new RevokedCertificate(serial, rows.GetFieldValue<DateTimeOffset>(1), (CrlReason)rows.GetInt32(2), invalidity);
        }
    }
}
