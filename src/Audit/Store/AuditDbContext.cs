using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EContract.Audit.Store;

/// <summary>
/// Carries the migrations of schema <c>audit</c>. It maps no entities: the log is written and read in plain SQL, because its rows are
/// canonical bytes that no change tracker should touch.
/// </summary>
public sealed class AuditDbContext(DbContextOptions<AuditDbContext> options) : DbContext(options)
{
    public static AuditDbContext Open(string connectionString) =>
        new(
            new DbContextOptionsBuilder<AuditDbContext>()
                .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("__migrations", "audit"))
                .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
                .Options
        );
}
