using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Ca.Authorities;
using EContract.Ca.Issuance;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EContract.Ca.Revocation;

/// <summary>
/// Issues CRLs. Per scope one node at a time: a session lock that dies with its connection. The number is committed before the list
/// is read, so that no crash and no other node can ever use it again, and a higher number always knows at least as much.
/// </summary>
public sealed class CrlIssuer(
    CaDatabase database,
    AuthorityRegistry authorities,
    AuditLog audit,
    TimeProvider time,
    IOptions<CrlOptions> options
)
{
    /// <summary>A delta also tells what changed shortly before its base: transactions that were not committed yet when the base was read.</summary>
    private static readonly TimeSpan DeltaOverlap = TimeSpan.FromMinutes(15);

    /// <param name="unlessNewerThan">Skip if the newest CRL of the scope was issued after this: another node was faster.</param>
    /// <returns>Null if skipped.</returns>
    public async Task<CrlRow?> IssueAsync(
        CrlScope scope,
        DateTimeOffset? unlessNewerThan,
        string caller,
        CancellationToken cancellationToken
    )
    {
        var authority = authorities.Get(scope.Authority);
        RequireScope(authority, scope);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var turn = await ScopeLock.TakeAsync(connection, scope, cancellationToken);
        var newest = await FindNewestAsync(scope, cancellationToken);
        if (newest is not null && unlessNewerThan is { } limit && newest.ThisUpdate > limit)
        {
            return null;
        }

        var baseCrl = scope.Delta ? await FindNewestAsync(scope.Base, cancellationToken) : null;
        if (scope.Delta && baseCrl is null)
        {
            throw new ServiceException(Fault.CrlNotFound, "a delta needs a complete CRL before it");
        }

        var number = await CrlNumbers.TakeAsync(connection, scope, cancellationToken);
        var now = CertificateTime.Truncate(time.GetUtcNow());
        var next = now + (scope.Delta ? options.Value.DeltaValidity : options.Value.Validity);
        var (crl, entries) = await BuildAsync(connection, authority, scope, baseCrl, number, now, next, cancellationToken);
        var row = new CrlRow
        {
            Authority = scope.Authority,
            Shard = scope.Column,
            Delta = scope.Delta,
            Number = number,
            ThisUpdate = now,
            NextUpdate = next,
            Entries = entries,
            Crl = crl,
            Digest = Convert.ToHexStringLower(SHA256.HashData(crl)),
        };
        await StoreAsync(row, caller, cancellationToken);
        return row;
    }

    /// <summary>All scopes of an authority: complete, shards, and their deltas if it has any.</summary>
    public static IEnumerable<CrlScope> ScopesOf(Authority authority)
    {
        int?[] shards = authority.Shards > 1 ? [null, .. Enumerable.Range(0, authority.Shards).Select(n => (int?)n)] : [null, 0];
        foreach (var shard in shards)
        {
            yield return new(authority.Id, shard, Delta: false);
        }

        if (authority.DeltaCrl)
        {
            foreach (var shard in shards)
            {
                yield return new(authority.Id, shard, Delta: true);
            }
        }
    }

    private async Task<(byte[] Crl, int Entries)> BuildAsync(
        NpgsqlConnection connection,
        Authority authority,
        CrlScope scope,
        CrlMark? baseCrl,
        long number,
        DateTimeOffset now,
        DateTimeOffset next,
        CancellationToken cancellationToken
    )
    {
        var key = await authorities.GetKeyAsync(authority, cancellationToken);
        var signature = SigningKeys.SignatureAlgorithmOf(key.Algorithm);
        var issuer = authority.ToIssuer(signature);
        var writer = new TbsCertListWriter(signature.Identifier, issuer.Name, now, next);
        var since = baseCrl?.ThisUpdate - DeltaOverlap;
        await foreach (var entry in RevokedEntries.ReadAsync(connection, scope, since, cancellationToken))
        {
            writer.Add(entry);
        }

        writer.Add(new AuthorityKeyIdentifier(issuer.KeyIdentifier).ToExtension());
        writer.AddCrlNumber(number);
        if (scope.Shard is { } shard)
        {
            var point = new IssuingDistributionPoint([GeneralName.Uri(authority.Urls.Crl(authority.Id, shard))]);
            writer.Add(point.ToExtension());
        }

        if (baseCrl is not null)
        {
            writer.AddDeltaCrlIndicator(baseCrl.Number);
        }
        else
        {
            // Revoked certificates stay listed when they expire: signatures are judged years later (R10).
            writer.Add(ExpiredCertsOnCrl.ToExtension(authority.Certificate.Tbs.NotBefore));
            if (authority.DeltaCrl)
            {
                var delta = DistributionPoint.At(authority.Urls.DeltaCrl(authority.Id, scope.Shard));
                writer.Add(new CrlDistributionPoints([delta]).ToFreshestCrl());
            }
        }

        var entries = writer.Count;
        var prepared = writer.Prepare();
        await LintAsync(prepared, scope, authority, key.Algorithm, entries, cancellationToken);
        var crl = prepared.Complete(await key.SignDataAsync(signature, prepared.ToBeSigned, cancellationToken));
        return SignedObject.Decode(crl, "RFC 5280 §5.1").IsSignedBy(authority.Certificate.Tbs.SubjectPublicKeyInfo)
            ? (crl, entries)
            : throw new ServiceException(Fault.SignatureNotVerified, "the token's signature on a CRL does not verify");
    }

    private static async Task LintAsync(
        PreparedCrl prepared,
        CrlScope scope,
        Authority authority,
        Hsm.Keys.KeyAlgorithm algorithm,
        int entries,
        CancellationToken cancellationToken
    )
    {
        var throwaway = await LintGate
            .ThrowawayKey(algorithm)
            .SignDataAsync(SigningKeys.SignatureAlgorithmOf(algorithm), ReadOnlyMemory<byte>.Empty, cancellationToken);
        CrlLint.Require(prepared.CompleteForLint(throwaway), scope, authority.Certificate, entries);
    }

    private Task<CrlMark?> FindNewestAsync(CrlScope scope, CancellationToken cancellationToken) =>
        database.ReadAsync(context => context.FindNewestCrlMarkAsync(scope, cancellationToken), cancellationToken);

    private Task StoreAsync(CrlRow row, string caller, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async context =>
            {
                context.Crls.Add(row);
                await context.SaveChangesAsync(cancellationToken);
                await context.DeleteOlderCrlsAsync(row, cancellationToken);
                await audit.AppendAsync(
                    context,
                    new AuditEvent
                    {
                        Action = "crl.issued",
                        Caller = caller,
                        ObjectType = "crl",
                        ObjectId = string.Create(CultureInfo.InvariantCulture, $"{row.Authority}/{row.Shard}/{row.Number}"),
                        Outcome = AuditOutcome.Succeeded,
                        CorrelationId = CorrelationId.Current,
                        Details = new Dictionary<string, string>
                        {
                            ["delta"] = row.Delta ? "true" : "false",
                            ["entries"] = row.Entries.ToString(CultureInfo.InvariantCulture),
                            ["sha256"] = row.Digest,
                        },
                    },
                    cancellationToken
                );
            },
            cancellationToken
        );

    private static void RequireScope(Authority authority, CrlScope scope)
    {
        if (!ScopesOf(authority).Contains(scope))
        {
            throw new ServiceException(Fault.CrlNotFound, $"authority {authority.Id} has no CRL {scope.Name}");
        }
    }
}
