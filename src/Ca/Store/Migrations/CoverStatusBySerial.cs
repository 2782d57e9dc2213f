using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Ca.Store.Migrations;

/// <summary>
/// Status look-ups read the index of serial numbers alone, about 70 octets a certificate that stay in memory, not its row of more than
/// a kilobyte that doesn't.
/// </summary>
[DbContext(typeof(CaDbContext))]
[Migration("20261121010000_CoverStatusBySerial")]
public sealed class CoverStatusBySerial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            DROP INDEX ca.certificates_serial;
            CREATE INDEX certificates_serial ON ca.certificates (serial) INCLUDE (authority, state, status, revoked_at, reason);
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            DROP INDEX ca.certificates_serial;
            CREATE INDEX certificates_serial ON ca.certificates (serial);
            """
        );
}
