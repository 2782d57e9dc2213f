using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>
/// Whose subscribers credentials are of, for callers that may act for some organisations only. What was enrolled before names none, so that such
/// callers have nothing to do with it.
/// </summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddOrganisations")]
public sealed class AddOrganisations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            alter table signer.enrollment add column organisations text[] not null default '{}';
            alter table signer.credential add column organisations text[] not null default '{}';
            """
        );
}
