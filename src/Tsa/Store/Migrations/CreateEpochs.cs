using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Tsa.Store.Migrations;

[DbContext(typeof(TsaDbContext))]
[Migration("202611200001_CreateEpochs")]
internal sealed class CreateEpochs : Migration
{
    // NO CYCLE and GENERATED ALWAYS: the database itself refuses to give an epoch twice.
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE tsa.epoch (
                id        bigint GENERATED ALWAYS AS IDENTITY (MINVALUE 1 MAXVALUE 274877906943 NO CYCLE) PRIMARY KEY,
                tag       bigint NOT NULL CHECK (tag BETWEEN 0 AND 4294967295),
                node      text NOT NULL,
                leased_at timestamptz NOT NULL
            );
            COMMENT ON TABLE tsa.epoch IS 'One row per run of a node. Rows are never changed or deleted: serial numbers start with id and tag.';
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE tsa.epoch;");
}
