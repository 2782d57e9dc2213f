using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>Enrolments, credentials, one-time passwords, activations, documents, seals.</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261120_CreateSigner")]
public sealed class CreateSigner : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table signer.enrollment (
                id text primary key,
                caller text not null,
                request_id text not null,
                request_fingerprint bytea not null,
                application_id text not null,
                subscriber_id text not null,
                state text not null,
                credential_id text,
                seal boolean not null,
                name text not null,
                email text,
                mobile text,
                login_ids text[] not null,
                otp_method text not null,
                language text not null,
                replaces_serial_number text,
                created_at timestamptz not null,
                expires_at timestamptz not null,
                unique (caller, request_id)
            );

            create table signer.credential (
                id text primary key,
                subscriber_id text not null,
                application_id text not null,
                enrollment_id text not null unique references signer.enrollment,
                state text not null,
                on_hold boolean not null,
                seal boolean not null,
                name text not null,
                email text,
                mobile text,
                otp_method text not null,
                key_algorithm text not null,
                wrapped_key bytea not null,
                public_key bytea not null,
                certification_request bytea not null,
                serial_number text unique,
                certificate bytea,
                chain bytea[] not null,
                subject text,
                not_after timestamptz,
                failed_attempts integer not null,
                replaces_serial_number text,
                replaced_at timestamptz,
                created_at timestamptz not null,
                accepted_at timestamptz,
                locked_at timestamptz
            );
            create index credential_subscriber on signer.credential (subscriber_id, id);
            create index credential_to_replace on signer.credential (id)
                where replaces_serial_number is not null and replaced_at is null and accepted_at is not null;

            create table signer.one_time_password (
                subject_id text primary key,
                subscriber_id text not null,
                method text not null,
                destination text,
                language text not null,
                mac bytea,
                expires_at timestamptz,
                attempts_left integer not null check (attempts_left >= 0),
                sends integer not null,
                last_sent_at timestamptz,
                delivered boolean not null,
                accepted_mac bytea
            );
            create index one_time_password_sent on signer.one_time_password (subscriber_id, last_sent_at);

            create table signer.authenticator (
                credential_id text primary key references signer.credential,
                sealed_seed bytea not null,
                confirmed boolean not null,
                last_step bigint not null,
                failed_confirmations integer not null,
                created_at timestamptz not null
            );

            create table signer.challenge (
                id text primary key,
                caller text not null,
                request_id text,
                credential_id text not null references signer.credential,
                purpose text not null,
                created_at timestamptz not null,
                expires_at timestamptz not null,
                used_at timestamptz,
                unique (caller, request_id)
            );

            create table signer.seal_session (
                id text primary key,
                challenge_id text not null unique references signer.challenge,
                caller text not null,
                credential_id text not null references signer.credential,
                node uuid not null,
                opened_at timestamptz not null,
                expires_at timestamptz not null,
                signatures_left integer not null check (signatures_left >= 0),
                closed_at timestamptz
            );
            create table signer.seal_request (
                session_id text not null references signer.seal_session,
                request_id text not null,
                request_fingerprint bytea not null,
                state text not null,
                digests bytea[] not null,
                results bytea[],
                reserved_at timestamptz not null,
                primary key (session_id, request_id)
            );

            create table signer.activation (
                id text primary key,
                caller text not null,
                request_id text not null,
                request_fingerprint bytea not null,
                credential_id text not null references signer.credential,
                subscriber_id text not null,
                state text not null,
                seal_session_id text references signer.seal_session,
                burn_cause text,
                language text not null,
                created_at timestamptz not null,
                expires_at timestamptz not null,
                reservation uuid,
                lease_until timestamptz,
                signed_at timestamptz,
                unique (caller, request_id)
            );
            create index activation_open on signer.activation (credential_id) where state in ('Authorised', 'Reserved');
            create table signer.document (
                id text primary key,
                caller text not null,
                name text not null,
                version integer not null,
                size bigint not null,
                created_at timestamptz not null,
                reserved_by text,
                reserved_until timestamptz
            );
            create table signer.document_version (
                document_id text not null references signer.document,
                version integer not null,
                size bigint not null,
                digest bytea not null,
                signer_id text,
                role text,
                created_at timestamptz not null,
                primary key (document_id, version)
            );
            -- R8: a person signs a document once per role.
            create unique index document_version_role on signer.document_version (document_id, signer_id, role) where signer_id is not null;
            create table signer.document_part (
                document_id text not null,
                "offset" bigint not null,
                data bytea not null,
                primary key (document_id, "offset")
            );
            -- PDFs are compressed already: trying again costs time on every megabyte.
            alter table signer.document_part alter column data set storage external;

            create table signer.activation_item (
                activation_id text not null references signer.activation,
                ordinal integer not null,
                state text not null,
                format text not null,
                level text not null,
                name text not null,
                role text not null,
                hash text not null,
                content_digest bytea not null,
                dtbs_digest bytea not null,
                pss boolean not null,
                content bytea,
                document_id text references signer.document,
                base_version integer,
                field_name text,
                update bytea,
                signature bytea,
                result bytea,
                result_version integer,
                result_digest bytea,
                primary key (activation_id, ordinal)
            );

            create table signer.feed_cursor (
                feed text primary key,
                cursor text not null
            );
            """
        );
}
