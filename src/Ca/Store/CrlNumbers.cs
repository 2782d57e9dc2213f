using EContract.Ca.Revocation;
using Npgsql;

namespace EContract.Ca.Store;

/// <summary>The numbers of CRLs: each is given out once, and stays given out whatever becomes of its CRL.</summary>
internal static class CrlNumbers
{
    /// <summary>The next number of a scope, committed before it returns.</summary>
    public static async Task<long> TakeAsync(NpgsqlConnection connection, CrlScope scope, CancellationToken cancellationToken)
    {
        // RFC 5280 §5.2.4: complete CRLs and deltas of one scope share one sequence of numbers.
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO ca.crl_numbers (authority, shard, last) VALUES ($1, $2, 1)
            ON CONFLICT (authority, shard) DO UPDATE SET last = ca.crl_numbers.last + 1 RETURNING last
            """,
            connection
        );
        command.Parameters.Add(new() { Value = scope.Authority });
        command.Parameters.Add(new() { Value = scope.Column });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
