using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Puts evidence records together.</summary>
internal static class EvidenceComposition
{
    public static void AddEvidence(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<SignerOptions>().Evidence);
        services.AddSingleton<EvidenceStamps>();
        services.AddSingleton<EvidenceRegister>();
        services.AddSingleton<EvidenceBatches>();
        services.AddSingleton<EvidenceExport>();
        services.AddSingleton<EvidenceRenewal>();
        services.AddSingleton<HashTreeRenewal>();
        services.AddSingleton<EvidenceVerification>();
        services.AddSingleton<EvidenceImport>();
    }
}
