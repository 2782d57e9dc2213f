using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>Who signs a document, in order (R8).</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddDocumentParties")]
public sealed class AddDocumentParties : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table signer.document_party (
                document_id text not null references signer.document,
                ordinal integer not null,
                subscriber_id text not null,
                kind text not null,
                role text not null,
                reason text not null,
                field_name text,
                page integer,
                x double precision,
                y double precision,
                width double precision,
                height double precision,
                image bytea,
                signed_version integer,
                signed_at timestamptz,
                primary key (document_id, ordinal),
                unique (document_id, subscriber_id, role),
                foreign key (document_id, signed_version) references signer.document_version (document_id, version)
                    deferrable initially deferred,
                check (num_nulls(page, x, y, width, height) in (0, 5)),
                check (num_nulls(signed_version, signed_at) in (0, 2))
            );
            alter table signer.activation_item add column party integer;
            """
        );
}
