using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>Imported evidence records can be taken over into batches of a stronger hash algorithm.</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddRenewedImports")]
public sealed class AddRenewedImports : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            -- RFC 4998 §5.3: the leaf renews an imported record instead of another leaf; previous_links tells how many time-stamps of
            -- the record's last chain are covered.
            alter table signer.evidence_leaf add column previous_import bytea;
            create unique index evidence_leaf_renews_import on signer.evidence_leaf (previous_import, owner) where previous_import is not null;
            """
        );
}
