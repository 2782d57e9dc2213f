using System.Security.Cryptography;
using EContract.Ca.Ceremony;
using EContract.Ca.Store;
using EContract.Pki.X509;

namespace EContract.Ca.Authorities;

/// <summary>Takes what ceremonies made into the database: authorities, and the certificates that OCSP and CRLs must know. Importing again is harmless.</summary>
public sealed class HierarchyImporter(CaDatabase database, TimeProvider time)
{
    public async Task ImportAsync(string directory, CancellationToken cancellationToken)
    {
        if (HierarchyFile.Load(directory) is not { } hierarchy)
        {
            return;
        }

        await database.WriteAsync(
            async context =>
            {
                await context.LockImportAsync(cancellationToken);
                var known = (await context.ListAuthoritiesAsync(cancellationToken)).ToDictionary(a => a.Id);
                foreach (var authority in hierarchy.Authorities)
                {
                    if (!known.TryGetValue(authority.Id, out var row))
                    {
                        row = ToRow(directory, authority, hierarchy.BaseUrl);
                        context.Authorities.Add(row);
                    }

                    row.OcspKeyLabel = authority.OcspKeyLabel;
                    row.OcspCertificate = authority.OcspCertificate is { } path ? Read(directory, path) : null;
                    row.OfflineCrl = authority.Crl is { } crl ? Read(directory, crl) : null;
                    row.DeltaCrl = authority.DeltaCrl;
                }

                await context.SaveChangesAsync(cancellationToken);
                foreach (var certificate in hierarchy.Certificates)
                {
                    await ImportAsync(context, directory, certificate, cancellationToken);
                }

                await context.SaveChangesAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    private static AuthorityRow ToRow(string directory, HierarchyAuthority authority, string baseUrl) =>
        new()
        {
            Id = authority.Id,
            GroupName = authority.Group,
            Issuer = authority.Issuer,
            Certificate = Read(directory, authority.Certificate),
            KeyLabel = authority.KeyLabel,
            Online = authority.Online,
            Shards = authority.Shards,
            DeltaCrl = authority.DeltaCrl,
            Sequence = authority.Sequence,
            BaseUrl = baseUrl,
        };

    private async Task ImportAsync(CaDbContext context, string directory, HierarchyCertificate entry, CancellationToken cancellationToken)
    {
        var certificate = Certificate.Decode(Read(directory, entry.Certificate));
        var serial = certificate.Tbs.SerialNumber.Content.ToArray();
        if (await context.HasCertificateAsync(entry.Authority, serial, cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        context.Certificates.Add(
            new CertificateRow
            {
                Authority = entry.Authority,
                Serial = serial,
                State = CertificateState.Issued,
                Profile = entry.Profile,
                Subject = certificate.Tbs.Subject.ToString(),
                NotBefore = certificate.Tbs.NotBefore,
                NotAfter = certificate.Tbs.NotAfter,
                Shard = 0,
                KeyHash = SHA256.HashData(certificate.Tbs.SubjectPublicKeyInfo.Encoded.Span),
                Plan = certificate.Signed.ToBeSigned.ToArray(),
                Certificate = certificate.Encoded.ToArray(),
                PlannedAt = now,
                IssuedAt = now,
            }
        );
    }

    private static byte[] Read(string directory, string path) => File.ReadAllBytes(Path.Combine(directory, path));
}
