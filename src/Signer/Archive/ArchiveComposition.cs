using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Archive.Locations;
using EContract.Signer.Archive.Register;
using EContract.Signer.Grpc;
using EContract.Signer.Signing;
using EContract.Validation.Online;
using EContract.Validation.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive;

/// <summary>Puts the archive part of the Signer together.</summary>
internal static class ArchiveComposition
{
    public const string Key = "archive";

    public static void AddArchive(this IServiceCollection services)
    {
        services.AddSingleton<AnchorStore>();
        // Keyed: in one process with the validation role, which fetches by settings of its own.
        services.AddKeyedSingleton(
            Key,
            (provider, _) => new Fetcher(provider.GetRequiredService<ArchiveOptions>().Online, provider.GetRequiredService<TimeProvider>())
        );
        services.AddSingleton(provider => PolicyOf(provider.GetRequiredService<ArchiveOptions>()));
        services.AddSingleton<DataGathering>();
        services.AddKeyedSingleton<ITimestampAuthority>(
            Key,
            (provider, _) =>
                new ArchiveTimestamps(provider.GetRequiredService<ITimestampAuthority>(), provider.GetRequiredService<ArchiveOptions>())
        );
        // Twice: for the signing cycle, and for the archive with its own way to the time-stamp authority.
        services.AddSingleton<PdfAugmentation>();
        services.AddSingleton<CmsAugmentation>();
        services.AddKeyedSingleton(Key, (provider, _) => OfArchive<PdfAugmentation>(provider));
        services.AddKeyedSingleton(Key, (provider, _) => OfArchive<CmsAugmentation>(provider));
        services.AddSingleton<LongTermResults>();
        services.AddSingleton(provider => new DeadlineCalculator(provider.GetRequiredService<ArchivePolicy>().Validation.Algorithms));
        services.AddSingleton<DocumentJudge>();
        services.AddSingleton<ArchiveDesk>();
        services.AddSingleton<DigestDesk>();
        services.AddSingleton<ArchiveEndpoint>();
        services.AddSingleton<DocumentLocations>();
        services.AddSingleton<ArchiveRegister>();
        services.AddSingleton<RenewalDesk>();
        services.AddSingleton<RevocationSweep>();
    }

    private static T OfArchive<T>(IServiceProvider provider) =>
        ActivatorUtilities.CreateInstance<T>(provider, provider.GetRequiredKeyedService<ITimestampAuthority>(Key));

    private static ArchivePolicy PolicyOf(ArchiveOptions options) =>
        new(options.Policy is { } file ? PolicyReader.ReadFile(file) : ValidationPolicy.Default);
}
