using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Store;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Register;

/// <summary>Asks after the certificates that the registered documents stand on. A revoked one makes all its documents due at once.</summary>
public sealed class RevocationSweep(SignerDatabase database, DataGathering gathering, TimeProvider time)
{
    public async Task<SweepResult> RunAsync(CancellationToken cancellationToken)
    {
        gathering.RequireAvailable();
        await using var db = await database.OpenAsync(cancellationToken);
        var (revoked, unknown, changed) = (0, 0, 0L);
        var protectors = await db.ListArchiveProtectorsAsync(cancellationToken);
        foreach (var protector in protectors)
        {
            var carried = new CollectedSource();
            foreach (var issuer in protector.Chain)
            {
                carried.TryAddCertificate(issuer);
            }

            var certificate = Certificate.Decode(protector.Certificate);
            var now = time.GetUtcNow();
            var data = await gathering.GatherAsync([new CollectionTarget(certificate, now, IsSigner: true)], carried, cancellationToken);
            if (data.Revoked.FirstOrDefault(r => r.Certificate.Equals(certificate)) is { } found)
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
            else if (data.Missing.Any(m => m.Certificate.Equals(certificate)))
            {
                unknown++;
                continue;
            }

            protector.CheckedAt = now;
            await db.SaveChangesAsync(cancellationToken);
        }

        return new SweepResult(protectors.Count, revoked, unknown, changed);
    }
}
