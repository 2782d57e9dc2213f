using Microsoft.EntityFrameworkCore;
using static System.Runtime.CompilerServices.FormattableStringFactory;

namespace EContract.Signer.Store;

/// <summary>Runs of archive jobs, for whoever watches them. The jobs' own work does not depend on these rows.</summary>
public static class JobRunQueries
{
    private const string Select =
        "select id as \"Id\", job as \"Job\", node as \"Node\", state as \"State\", done as \"Done\", total as \"Total\", started_at as \"StartedAt\", updated_at as \"UpdatedAt\", ended_at as \"EndedAt\", detail as \"Detail\" from signer.archive_job_run ";

    /// <summary>Begins a run. A run of the same job that still says it runs was on a node that is lost: a job runs once at a time.</summary>
    public static async Task<long> BeginRunAsync(
        this SignerContext db,
        string job,
        string node,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"update signer.archive_job_run set state = 'Lost', updated_at = {now}, ended_at = {now} where job = {job} and state = 'Running'",
            cancellationToken
        );
        var ids = await db
            .Database.SqlQuery<long>(
                $"""
                insert into signer.archive_job_run (job, node, state, done, total, started_at, updated_at, detail)
                values ({job}, {node}, 'Running', 0, 0, {now}, {now}, '') returning id as "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return ids[0];
    }

    public static Task ReportRunAsync(
        this SignerContext db,
        long id,
        long done,
        long total,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"update signer.archive_job_run set done = {done}, total = {total}, updated_at = {now} where id = {id} and state = 'Running'",
            cancellationToken
        );

    public static Task EndRunAsync(
        this SignerContext db,
        long id,
        string state,
        string detail,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"update signer.archive_job_run set state = {state}, detail = {detail}, updated_at = {now}, ended_at = {now} where id = {id} and state = 'Running'",
            cancellationToken
        );

    /// <summary>Forgets runs that ended before a time.</summary>
    public static Task ForgetRunsAsync(this SignerContext db, DateTimeOffset before, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"delete from signer.archive_job_run where ended_at < {before}", cancellationToken);

    /// <summary>The last run of each job.</summary>
    public static Task<List<JobRunRow>> LastRunsAsync(this SignerContext db, CancellationToken cancellationToken) =>
        db
            .Database.SqlQuery<JobRunRow>(
                Create(Select + "where id in (select max(id) from signer.archive_job_run group by job) order by id")
            )
            .ToListAsync(cancellationToken);

    /// <summary>Runs changed at or after a time, the oldest change first.</summary>
    public static Task<List<JobRunRow>> ChangedRunsAsync(
        this SignerContext db,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<JobRunRow>(Create(Select + "where updated_at >= {0} order by updated_at, id", since))
            .ToListAsync(cancellationToken);
}
