using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Store;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Register;

/// <summary>Asks after the certificates that the registered documents stand on. A revoked one makes all its documents due at once.</summary>
public sealed class RevocationSweep(SignerDatabase database, DataGathering gathering, TimeProvider time)
{
    /// <param name="run">Keeps the pace and tells how far it is; null: a caller waits for the answer.</param>
    public async Task<SweepResult> RunAsync(JobRun? run, CancellationToken cancellationToken)
    {
        gathering.RequireAvailable();
        await using var db = await database.OpenAsync(cancellationToken);
        var (revoked, unknown, changed) = (0, 0, 0L);
        var protectors = await db.ListArchiveProtectorsAsync(cancellationToken);
        foreach (var (index, protector) in protectors.Index())
        {
            using var place = run is null ? null : await run.NextStepAsync(cancellationToken);
            var carried = new CollectedSource();
            foreach (var issuer in protector.Chain)
            {
                carried.TryAddCertificate(issuer);
            }

            var certificate = Certificate.Decode(protector.Certificate);
            var now = time.GetUtcNow();
            var data = await gathering.GatherAsync([new CollectionTarget(certificate, now, IsSigner: true)], carried, cancellationToken);
            var found = data.Revoked.FirstOrDefault(r => r.Certificate.Equals(certificate));
            if (found is not null)
            {
                revoked++;
                protector.RevokedAt = found.RevokedAt;
                changed += await db.EndProtectionAsync(
                    protector.Fingerprint,
                    found.RevokedAt,
                    certificate.Tbs.Subject.ToString(),
                    cancellationToken
                );
            }

            if (found is null && data.Missing.Any(m => m.Certificate.Equals(certificate)))
            {
                unknown++;
            }
            else
            {
                protector.CheckedAt = now;
                await db.SaveChangesAsync(cancellationToken);
            }

            if (run is not null)
            {
                await run.ReportAsync(index + 1, protectors.Count, cancellationToken);
            }
        }

        return new SweepResult(protectors.Count, revoked, unknown, changed);
    }
}
