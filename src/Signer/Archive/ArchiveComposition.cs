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
    public static void AddArchive(this IServiceCollection services)
    {
        services.AddSingleton<AnchorStore>();
        services.AddSingleton(provider => new Fetcher(
            provider.GetRequiredService<ArchiveOptions>().Online,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => PolicyOf(provider.GetRequiredService<ArchiveOptions>()));
        services.AddSingleton<DataGathering>();
        services.AddSingleton<PdfAugmentation>();
        services.AddSingleton<CmsAugmentation>();
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

    private static ArchivePolicy PolicyOf(ArchiveOptions options) =>
        new(options.Policy is { } file ? PolicyReader.ReadFile(file) : ValidationPolicy.Default);
}
