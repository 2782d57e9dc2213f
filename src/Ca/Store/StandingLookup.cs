using EContract.Ca.Ocsp;
using EContract.Pki;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>The standing of many certificates in one round trip.</summary>
internal static class StandingLookup
{
    /// <param name="authorities">One for each of <paramref name="serials"/>.</param>
    /// <param name="serials">Content octets.</param>
    /// <returns>Those that were issued.</returns>
    public static async Task<Dictionary<(string Authority, SerialNumber Serial), CertificateStanding>> ReadStandingsAsync(
        this CaDatabase database,
        IReadOnlyList<string> authorities,
        IReadOnlyList<byte[]> serials
    )
    {
        await using var command = database.DataSource.CreateCommand(
            """
            SELECT authority, serial, status, revoked_at, reason FROM ca.certificates
            WHERE (authority, serial) IN (SELECT * FROM unnest($1::text[], $2::bytea[])) AND state = 2
            """
        );
        command.Parameters.Add(new() { Value = authorities });
        command.Parameters.Add(new() { Value = serials });
        var found = new Dictionary<(string, SerialNumber), CertificateStanding>(serials.Count);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found[(rows.GetString(0), SerialNumber.FromContent((byte[])rows[1]))] = new(
                (CertificateStatus)rows.GetInt32(2),
                rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3),
                rows.IsDBNull(4) ? null : rows.GetInt32(4)
            );
        }

        return found;
    }
}
