using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Audit.Store.Migrations;

/// <summary>The log, its checkpoints, and what is kept beside it.</summary>
[DbContext(typeof(AuditDbContext))]
[Migration("20261120_CreateEvidenceLog")]
public sealed class CreateEvidenceLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            -- What happened. Written either together with its record (group commit) or in the transaction that it tells about
            -- (deferred); then its node links it right after the commit.
            create table audit.event (
                id uuid primary key,
                occurred_at timestamptz not null,
                node text not null,
                action text not null,
                caller text not null,
                on_behalf_of text,
                object_type text not null,
                object_id text not null,
                outcome smallint not null,
                correlation_id text not null,
                body bytea not null,
                deferred boolean not null,
                xid xid8 not null default pg_current_xact_id()
            );
            create index event_object on audit.event (object_id, id);
            create index event_correlation on audit.event (correlation_id);
            -- Events below a snapshot's xmin are finished for good: the linker never has to look at them again.
            create index event_deferred on audit.event (xid) where deferred;

            -- The chains. No foreign key to event: it would lock every event row again, and verification proves more than it would.
            create table audit.record (
                chain text not null,
                sequence bigint not null,
                event_id uuid not null,
                linked_at timestamptz not null,
                previous bytea not null,
                hash bytea not null,
                primary key (chain, sequence),
                constraint record_event unique (event_id)
            );

            create table audit.checkpoint (
                number bigint primary key,
                tree_size bigint not null,
                made_at timestamptz not null,
                body bytea not null,
                cms bytea not null
            );
            -- Which records are which leaves: leaves first_leaf … are the records first_sequence … last_sequence of chain.
            create table audit.checkpoint_range (
                checkpoint bigint not null,
                chain text not null,
                first_sequence bigint not null,
                last_sequence bigint not null,
                first_leaf bigint not null,
                primary key (checkpoint, chain)
            );
            create unique index checkpoint_range_leaf on audit.checkpoint_range (first_leaf);
            create index checkpoint_range_chain on audit.checkpoint_range (chain, last_sequence);
            -- Complete subtrees of the Merkle tree, levels 8, 16, 24 …; the rest is computed from the leaves when needed.
            create table audit.tree_node (
                level smallint not null,
                position bigint not null,
                hash bytea not null,
                primary key (level, position)
            );

            -- Kept apart and erasable: the chain holds only SHA-256(salt ‖ …) of these.
            create table audit.personal (
                event_id uuid not null,
                name text not null,
                person_id text not null,
                salt bytea not null,
                value text not null,
                primary key (event_id, name)
            );
            create index personal_person on audit.personal (person_id);
            create table audit.attachment (
                event_id uuid not null,
                name text not null,
                person_id text,
                media_type text not null,
                content bytea not null,
                primary key (event_id, name)
            );
            create index attachment_person on audit.attachment (person_id) where person_id is not null;

            create function audit.refuse_change() returns trigger language plpgsql as $$
            begin
                raise exception 'the evidence log can only be added to: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
                    using errcode = 'insufficient_privilege';
            end $$;
            create trigger only_insert before update or delete or truncate on audit.event for each statement execute function audit.refuse_change();
            create trigger only_insert before update or delete or truncate on audit.record for each statement execute function audit.refuse_change();
            create trigger only_insert before update or delete or truncate on audit.checkpoint for each statement execute function audit.refuse_change();
            create trigger only_insert before update or delete or truncate on audit.checkpoint_range for each statement execute function audit.refuse_change();
            create trigger only_insert before update or delete or truncate on audit.tree_node for each statement execute function audit.refuse_change();
            create trigger only_erase before update or truncate on audit.personal for each statement execute function audit.refuse_change();
            create trigger only_erase before update or truncate on audit.attachment for each statement execute function audit.refuse_change();
            create trigger only_personal before delete on audit.attachment for each row when (old.person_id is null) execute function audit.refuse_change();
            """
        );
}
