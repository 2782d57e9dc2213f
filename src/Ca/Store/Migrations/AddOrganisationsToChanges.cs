using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Ca.Store.Migrations;

/// <summary>Each change knows the organisations that it concerns, so that callers with a limit see theirs and no others.</summary>
[DbContext(typeof(CaDbContext))]
[Migration("20261121000000_AddOrganisationsToChanges")]
public sealed class AddOrganisationsToChanges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            ALTER TABLE ca.changes ADD organisations text[] NOT NULL DEFAULT '{}';
            UPDATE ca.changes c SET organisations = ARRAY(
                SELECT DISTINCT t.name FROM (
                    VALUES (c.payload #>> '{data,organisation,name}'), (c.payload #>> '{data,organisation,corporate_number}'),
                        (CASE WHEN c.payload #>> '{data,kind}' = '3' THEN c.payload #>> '{data,name}' END)
                    UNION ALL SELECT s.organisation_name FROM ca.subscribers s WHERE s.id = c.subscriber_id
                    UNION ALL SELECT s.corporate_number FROM ca.subscribers s WHERE s.id = c.subscriber_id
                    UNION ALL SELECT s.name FROM ca.subscribers s WHERE s.id = c.subscriber_id AND s.kind = 3) AS t(name)
                WHERE t.name <> '');
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE ca.changes DROP organisations;");
}
