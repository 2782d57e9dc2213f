using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EContract.Tsa.Store;

/// <summary>The schema <c>tsa</c>: which run of which node has which epoch of serial numbers.</summary>
internal sealed class TsaDbContext(DbContextOptions<TsaDbContext> options) : DbContext(options)
{
    public const string Schema = "tsa";

    public DbSet<EpochLease> Epochs => Set<EpochLease>();

    public static TsaDbContext Open(string connectionString) =>
        new(
            new DbContextOptionsBuilder<TsaDbContext>()
                .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("__migrations", Schema))
                .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
                .Options
        );

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<EpochLease>(lease =>
        {
            lease.ToTable("epoch");
            lease.HasKey(l => l.Id);
            lease.Property(l => l.Id).HasColumnName("id").ValueGeneratedOnAdd();
            lease.Property(l => l.Tag).HasColumnName("tag");
            lease.Property(l => l.Node).HasColumnName("node");
            lease.Property(l => l.LeasedAt).HasColumnName("leased_at");
        });
    }
}
