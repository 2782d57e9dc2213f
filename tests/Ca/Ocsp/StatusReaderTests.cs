using EContract.Ca.Ocsp;
using EContract.Ca.Store;
using EContract.Pki;
using Npgsql;
using Xunit;

namespace EContract.Ca.Tests.Ocsp;

/// <summary>The batched look-up of statuses.</summary>
public sealed class StatusReaderTests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;

    private StatusReader Reader => _ca.Get<StatusReader>();

    [Fact]
    public async Task A_connection_that_the_database_dropped_is_no_outage()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var serial = certificate.Tbs.SerialNumber;
        Assert.Equal(CertificateStatus.Good, (await ReadAsync("subscribers", serial))!.Value.Status);

        await using (var connection = new NpgsqlConnection(_ca.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            // As when the server restarts: the look-up's own connection is gone when its next query comes.
            await using var terminate = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND query LIKE 'SELECT authority, serial, status, %'",
                connection
            );
            Assert.NotEqual(0L, await terminate.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(CertificateStatus.Good, (await ReadAsync("subscribers", serial))!.Value.Status);
    }

    [Fact]
    public async Task Look_ups_of_several_authorities_that_share_a_batch_keep_apart()
    {
        var (certificate, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(certificate);
        var serial = certificate.Tbs.SerialNumber;

        var found = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .SelectMany(_ =>
                    new[]
                    {
                        ReadAsync("subscribers", serial),
                        ReadAsync("infrastructure", serial),
                        ReadAsync("subscribers", SerialNumber.CreateRandom()),
                        ReadAsync("no-such-authority", serial),
                    }
                )
        );

        Assert.Equal(
            Enumerable.Repeat(new CertificateStatus?[] { CertificateStatus.Revoked, null, null, null }, 20).SelectMany(s => s),
            found.Select(standing => standing?.Status)
        );
    }

    private Task<CertificateStanding?> ReadAsync(string authority, SerialNumber serial) =>
        Reader.ReadAsync(authority, serial, TestContext.Current.CancellationToken);
}
