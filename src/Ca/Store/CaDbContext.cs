using System.Text;
using Microsoft.EntityFrameworkCore;

namespace EContract.Ca.Store;

/// <summary>The role's schema <c>ca</c>. Columns are the properties' names in snake_case.</summary>
public sealed class CaDbContext(DbContextOptions<CaDbContext> options) : DbContext(options)
{
    public const string Schema = "ca";

    public DbSet<AuthorityRow> Authorities => Set<AuthorityRow>();

    public DbSet<CertificateRow> Certificates => Set<CertificateRow>();

    public DbSet<SubscriberRow> Subscribers => Set<SubscriberRow>();

    public DbSet<ChangeRow> Changes => Set<ChangeRow>();

    public DbSet<ApplicationRow> Applications => Set<ApplicationRow>();

    public DbSet<StatusEventRow> StatusEvents => Set<StatusEventRow>();

    public DbSet<CrlRow> Crls => Set<CrlRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<AuthorityRow>().ToTable("authorities").HasKey(a => a.Id);
        modelBuilder.Entity<CertificateRow>().ToTable("certificates").HasKey(c => new { c.Authority, c.Serial });
        modelBuilder.Entity<SubscriberRow>().ToTable("subscribers").HasKey(s => s.Id);
        modelBuilder.Entity<SubscriberRow>().Property(s => s.Version).IsConcurrencyToken();
        modelBuilder.Entity<ChangeRow>().ToTable("changes").HasKey(c => c.Id);
        modelBuilder.Entity<ChangeRow>().Property(c => c.Payload).HasColumnType("jsonb");
        modelBuilder.Entity<ApplicationRow>().ToTable("applications").HasKey(a => a.Id);
        modelBuilder.Entity<ApplicationRow>().Property(a => a.Subject).HasColumnType("jsonb");
        modelBuilder.Entity<ApplicationRow>().HasOne<SubscriberRow>().WithMany().HasForeignKey(a => a.SubscriberId);
        modelBuilder.Entity<CertificateRow>().HasOne<AuthorityRow>().WithMany().HasForeignKey(c => c.Authority);
        modelBuilder.Entity<StatusEventRow>().ToTable("status_events").HasKey(e => e.Position);
        modelBuilder.Entity<StatusEventRow>().Property(e => e.Position).ValueGeneratedNever();
        modelBuilder
            .Entity<CrlRow>()
            .ToTable("crls")
            .HasKey(c => new
            {
                c.Authority,
                c.Shard,
                c.Delta,
                c.Number,
            });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(ToSnakeCase(property.Name));
        }
    }

    private static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
