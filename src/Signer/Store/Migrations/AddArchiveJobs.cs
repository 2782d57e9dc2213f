using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EContract.Signer.Store.Migrations;

/// <summary>Runs of archive jobs, and an empty schema in which the scheduler keeps tables of its own.</summary>
[DbContext(typeof(SignerContext))]
[Migration("20261121_AddJobs")]
public sealed class AddArchiveJobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table signer.archive_job_run (
                id bigint generated always as identity primary key,
                job text not null,
                node text not null,
                state text not null,
                done bigint not null,
                total bigint not null,
                started_at timestamptz not null,
                updated_at timestamptz not null,
                ended_at timestamptz,
                detail text not null
            );
            create index archive_job_run_job on signer.archive_job_run (job, id);
            create index archive_job_run_updated on signer.archive_job_run (updated_at);

            create schema if not exists signer_jobs;
            """
        );
}
