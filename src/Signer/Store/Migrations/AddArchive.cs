using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>The register of documents to be renewed.</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddArchive")]
public sealed class AddArchive : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table signer.archive_document (
                id text primary key,
                caller text not null,
                name text not null,
                location text,
                digest bytea not null,
                size bigint not null,
                deadline timestamptz not null,
                deadline_reason text not null,
                deadline_subject text not null,
                protectors bytea[] not null,
                content_digests text[] not null,
                renewals integer not null,
                registered_at timestamptz not null,
                renewed_at timestamptz,
                previous_digest bytea,
                pending_digest bytea,
                claim uuid,
                claimed_until timestamptz,
                unique (caller, digest)
            );
            create unique index archive_document_location on signer.archive_document (location) where location is not null;
            create index archive_document_due on signer.archive_document (caller, deadline, id);
            create index archive_document_protectors on signer.archive_document using gin (protectors);

            create table signer.archive_protector (
                fingerprint bytea primary key,
                certificate bytea not null,
                chain bytea[] not null,
                checked_at timestamptz,
                revoked_at timestamptz
            );
            """
        );
}
