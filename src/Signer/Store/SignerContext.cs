using System.Text;
using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>Schema <c>signer</c>. Tables and columns are the entities' names in snake_case.</summary>
public sealed class SignerContext(DbContextOptions<SignerContext> options) : DbContext(options)
{
    public const string Schema = "signer";

    public DbSet<EnrollmentRow> Enrollments => Set<EnrollmentRow>();

    public DbSet<Credential> Credentials => Set<Credential>();

    public DbSet<OneTimePassword> OneTimePasswords => Set<OneTimePassword>();

    public DbSet<Authenticator> Authenticators => Set<Authenticator>();

    public DbSet<Challenge> Challenges => Set<Challenge>();

    public DbSet<ActivationRow> Activations => Set<ActivationRow>();

    public DbSet<ActivationItem> ActivationItems => Set<ActivationItem>();

    public DbSet<Document> Documents => Set<Document>();

    public DbSet<DocumentVersion> DocumentVersions => Set<DocumentVersion>();

    public DbSet<DocumentParty> DocumentParties => Set<DocumentParty>();

    public DbSet<DocumentPart> DocumentParts => Set<DocumentPart>();

    public DbSet<SealSession> SealSessions => Set<SealSession>();

    public DbSet<SealRequest> SealRequests => Set<SealRequest>();

    public DbSet<ArchiveDocument> ArchiveDocuments => Set<ArchiveDocument>();

    public DbSet<ArchiveProtector> ArchiveProtectors => Set<ArchiveProtector>();

    public DbSet<FeedCursor> FeedCursors => Set<FeedCursor>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        Keep<EnrollmentId>(configurationBuilder);
        Keep<CredentialId>(configurationBuilder);
        Keep<SubscriberId>(configurationBuilder);
        Keep<CertificateApplicationId>(configurationBuilder);
        Keep<ActivationId>(configurationBuilder);
        Keep<ChallengeId>(configurationBuilder);
        Keep<DocumentId>(configurationBuilder);
        Keep<SealSessionId>(configurationBuilder);
        Keep<ArchiveDocumentId>(configurationBuilder);
        // Enumerations by name: a dump can be read in court without the source.
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<EnrollmentRow>().ToTable("enrollment").HasKey(e => e.Id);
        modelBuilder.Entity<Credential>().ToTable("credential").HasKey(e => e.Id);
        modelBuilder.Entity<OneTimePassword>().ToTable("one_time_password").HasKey(e => e.SubjectId);
        modelBuilder.Entity<Authenticator>().ToTable("authenticator").HasKey(e => e.CredentialId);
        modelBuilder.Entity<Challenge>().ToTable("challenge").HasKey(e => e.Id);
        modelBuilder.Entity<ActivationRow>().ToTable("activation").HasKey(e => e.Id);
        modelBuilder.Entity<ActivationRow>().HasMany(e => e.Items).WithOne().HasForeignKey(e => e.ActivationId);
        modelBuilder.Entity<ActivationItem>().ToTable("activation_item").HasKey(e => new { e.ActivationId, e.Ordinal });
        modelBuilder.Entity<Document>().ToTable("document").HasKey(e => e.Id);
        modelBuilder.Entity<DocumentVersion>().ToTable("document_version").HasKey(e => new { e.DocumentId, e.Version });
        modelBuilder.Entity<DocumentParty>().ToTable("document_party").HasKey(e => new { e.DocumentId, e.Ordinal });
        modelBuilder.Entity<DocumentPart>().ToTable("document_part").HasKey(e => new { e.DocumentId, e.Offset });
        modelBuilder.Entity<SealSession>().ToTable("seal_session").HasKey(e => e.Id);
        modelBuilder.Entity<SealRequest>().ToTable("seal_request").HasKey(e => new { e.SessionId, e.RequestId });
        modelBuilder.Entity<ArchiveDocument>().ToTable("archive_document").HasKey(e => e.Id);
        modelBuilder.Entity<ArchiveProtector>().ToTable("archive_protector").HasKey(e => e.Fingerprint);
        modelBuilder.Entity<FeedCursor>().ToTable("feed_cursor").HasKey(e => e.Feed);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
            property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static void Keep<T>(ModelConfigurationBuilder configuration)
        where T : struct, IIdentity<T> => configuration.Properties<T>().HaveConversion<IdentityConverter<T>>();

    private static string SnakeCase(string name)
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
