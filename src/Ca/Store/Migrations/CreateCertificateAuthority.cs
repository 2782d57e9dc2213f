using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Ca.Store.Migrations;

/// <summary>The first form of schema <c>ca</c>.</summary>
[DbContext(typeof(CaDbContext))]
[Migration("20261120000000_CreateCertificateAuthority")]
public sealed class CreateCertificateAuthority : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE ca.authorities (
                id text PRIMARY KEY,
                group_name text NOT NULL,
                issuer text,
                certificate bytea NOT NULL,
                key_label text NOT NULL,
                online boolean NOT NULL,
                shards integer NOT NULL CHECK (shards > 0),
                delta_crl boolean NOT NULL,
                sequence integer NOT NULL,
                ocsp_key_label text,
                ocsp_certificate bytea,
                offline_crl bytea,
                base_url text NOT NULL);

            CREATE TABLE ca.certificates (
                authority text NOT NULL REFERENCES ca.authorities,
                serial bytea NOT NULL,
                state integer NOT NULL CHECK (state BETWEEN 1 AND 3),
                profile text NOT NULL,
                subscriber_id text,
                application_id text,
                request_id text,
                subject text NOT NULL,
                not_before timestamptz NOT NULL,
                not_after timestamptz NOT NULL,
                shard integer NOT NULL,
                key_hash bytea NOT NULL,
                plan bytea NOT NULL,
                certificate bytea,
                status integer NOT NULL CHECK (status BETWEEN 1 AND 3),
                revoked_at timestamptz,
                reason integer,
                invalidity_date timestamptz,
                planned_at timestamptz NOT NULL,
                issued_at timestamptz,
                void_reason text,
                PRIMARY KEY (authority, serial),
                CHECK ((state = 2) = (certificate IS NOT NULL)),
                CHECK ((status = 1) = (revoked_at IS NULL)));
            -- One certificate per application; a key belongs to one application.
            CREATE UNIQUE INDEX certificates_application ON ca.certificates (application_id) WHERE state <> 3 AND application_id IS NOT NULL;
            CREATE UNIQUE INDEX certificates_key ON ca.certificates (key_hash) WHERE state <> 3 AND application_id IS NOT NULL;
            CREATE INDEX certificates_serial ON ca.certificates (serial);
            CREATE INDEX certificates_subscriber ON ca.certificates (subscriber_id) WHERE subscriber_id IS NOT NULL;
            CREATE INDEX certificates_revoked ON ca.certificates (authority, shard) WHERE status <> 1;
            CREATE INDEX certificates_planned ON ca.certificates (planned_at) WHERE state = 1;

            CREATE TABLE ca.subscribers (
                id text PRIMARY KEY,
                kind integer NOT NULL,
                name text NOT NULL,
                kana text NOT NULL,
                romanised_name text NOT NULL,
                email text NOT NULL,
                mobile text NOT NULL,
                organisation_name text,
                organisation_romanised text,
                corporate_number text,
                department text,
                organisation_role text,
                customer_number text,
                name_key text NOT NULL,
                kana_key text NOT NULL,
                email_key text NOT NULL,
                state integer NOT NULL,
                created_at timestamptz NOT NULL,
                updated_at timestamptz NOT NULL,
                version integer NOT NULL);
            CREATE UNIQUE INDEX subscribers_customer ON ca.subscribers (customer_number, kind) WHERE state = 1 AND customer_number IS NOT NULL;
            CREATE INDEX subscribers_name ON ca.subscribers (name_key text_pattern_ops);
            CREATE INDEX subscribers_kana ON ca.subscribers (kana_key text_pattern_ops);
            CREATE INDEX subscribers_email ON ca.subscribers (email_key text_pattern_ops);

            CREATE TABLE ca.changes (
                id text PRIMARY KEY,
                request_id text NOT NULL,
                request_hash bytea NOT NULL,
                operation text NOT NULL,
                payload jsonb NOT NULL,
                state integer NOT NULL,
                reason text NOT NULL,
                paper_reference text NOT NULL,
                maker_caller text NOT NULL,
                maker text NOT NULL,
                approver text,
                submitted_at timestamptz NOT NULL,
                decided_at timestamptz,
                decision_note text NOT NULL,
                subscriber_id text,
                application_id text,
                serial_number text,
                feed_position bigint UNIQUE,
                -- R2, also against a fault in the program: nobody approves what he made.
                CHECK (approver IS NULL OR approver <> maker),
                UNIQUE (maker_caller, request_id));
            CREATE INDEX changes_state ON ca.changes (state, id);

            CREATE TABLE ca.applications (
                id text PRIMARY KEY,
                subscriber_id text NOT NULL REFERENCES ca.subscribers,
                profile text NOT NULL,
                state integer NOT NULL,
                subject jsonb NOT NULL,
                replaces_serial_number text,
                serial_number text,
                approved_at timestamptz NOT NULL,
                expires_at timestamptz NOT NULL);
            CREATE INDEX applications_subscriber ON ca.applications (subscriber_id);

            CREATE TABLE ca.status_events (
                position bigint PRIMARY KEY,
                authority text NOT NULL,
                serial bytea NOT NULL,
                status integer NOT NULL,
                reason integer,
                changed_at timestamptz NOT NULL,
                subscriber_id text);
            CREATE INDEX status_events_changed ON ca.status_events (authority, changed_at);

            -- One row per feed: its lock orders the commits, so that a reader that has seen n has seen all up to n.
            CREATE TABLE ca.feeds (name text PRIMARY KEY, last bigint NOT NULL);
            INSERT INTO ca.feeds VALUES ('status', 0), ('changes', 0);

            CREATE TABLE ca.crl_numbers (
                authority text NOT NULL,
                shard integer NOT NULL,
                last bigint NOT NULL,
                PRIMARY KEY (authority, shard));

            CREATE TABLE ca.crls (
                authority text NOT NULL,
                shard integer NOT NULL,
                delta boolean NOT NULL,
                number bigint NOT NULL,
                this_update timestamptz NOT NULL,
                next_update timestamptz NOT NULL,
                entries bigint NOT NULL,
                crl bytea NOT NULL,
                digest text NOT NULL,
                PRIMARY KEY (authority, shard, delta, number));
            -- Signed and hashed already: compressing it again would cost and gain little.
            ALTER TABLE ca.crls ALTER COLUMN crl SET STORAGE EXTERNAL;
            """
        );

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            DROP TABLE ca.crls, ca.crl_numbers, ca.feeds, ca.status_events, ca.applications, ca.changes, ca.subscribers,
                ca.certificates, ca.authorities CASCADE;
            """
        );
}
