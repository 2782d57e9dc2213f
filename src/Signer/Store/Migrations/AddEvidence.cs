using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>Evidence records (RFC 4998): batches of digests, their time-stamps, imported records.</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddEvidence")]
public sealed class AddEvidence : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table signer.evidence_batch (
                id bigint generated always as identity primary key,
                hash text not null,
                state text not null,
                size integer not null,
                opened_at timestamptz not null,
                closed_at timestamptz,
                stamped_at timestamptz,
                -- Roots of blocks of 1024 leaves: the whole tree is found again from these and one block.
                block_roots bytea
            );
            create unique index evidence_batch_open on signer.evidence_batch (hash) where state = 'Open';
            create index evidence_batch_closing on signer.evidence_batch (id) where state = 'Closing';

            create table signer.evidence_leaf (
                batch_id bigint not null references signer.evidence_batch,
                ordinal integer not null,
                owner text not null,
                digest bytea not null,
                reference text not null,
                -- RFC 4998 §5.3: the hash tree's leaf where it is not the digest itself, and the evidence that it renews: the leaf
                -- before and how many of its batch's time-stamps are covered.
                leaf bytea,
                previous_batch_id bigint,
                previous_ordinal integer,
                previous_links integer,
                primary key (batch_id, ordinal)
            );
            create unique index evidence_leaf_digest on signer.evidence_leaf (digest, owner);
            create unique index evidence_leaf_renews on signer.evidence_leaf (previous_batch_id, previous_ordinal)
                where previous_batch_id is not null;

            create table signer.evidence_token (
                id bigint generated always as identity primary key,
                token bytea not null,
                gen_time timestamptz not null,
                not_after timestamptz not null
            );

            -- The chain of a batch: position 0 is its own time-stamp, the others renew it (§5.2).
            create table signer.evidence_link (
                batch_id bigint not null references signer.evidence_batch,
                position integer not null,
                token_id bigint not null references signer.evidence_token,
                archive_time_stamp bytea,
                primary key (batch_id, position)
            );

            create table signer.evidence_import (
                digest bytea not null,
                owner text not null,
                hash text not null,
                record bytea not null,
                not_after timestamptz not null,
                imported_at timestamptz not null,
                primary key (digest, owner)
            );
            """
        );
}
