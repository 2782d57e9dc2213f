using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Signing;
using EContract.Validation.Online;
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
        services.AddSingleton<Collection>();
        services.AddSingleton<PdfAugmentation>();
        services.AddSingleton<CmsAugmentation>();
        services.AddSingleton<LongTermResults>();
    }
}
