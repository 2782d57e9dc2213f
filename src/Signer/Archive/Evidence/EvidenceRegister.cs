using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>
/// Takes digests into the open batch of their algorithm. Each chunk is committed by itself; after a crash the caller repeats the
/// stream, and what was registered is known.
/// </summary>
public sealed class EvidenceRegister(SignerDatabase database, AuditLog audit, EvidenceOptions options, TimeProvider time)
{
    private const int ChunkSize = 10_000;

    /// <exception cref="ServiceException">INVALID_ARGUMENT for a digest of a wrong length; what came before it stays registered.</exception>
    public async Task<RegistrationResult> RegisterAsync(
        CallOrigin call,
        HashAlgorithmName hash,
        IAsyncEnumerable<RegisteredDigest> digests,
        CancellationToken cancellationToken
    )
    {
        var length = HashAlgorithms.DigestLength(hash);
        var result = default(RegistrationResult);
        var (chunk, references) = (new List<byte[]>(ChunkSize), new List<string>(ChunkSize));
        await foreach (var digest in digests.WithCancellation(cancellationToken))
        {
            if (digest.Digest.Length != length)
            {
                throw ServiceException.Invalid("digests", $"A {hash.Name} digest has {length} bytes.");
            }

            chunk.Add(digest.Digest.ToArray());
            references.Add(digest.Reference);
            if (chunk.Count == ChunkSize)
            {
                await FlushAsync();
            }
        }

        if (chunk.Count > 0)
        {
            await FlushAsync();
        }

        return result;

        async Task FlushAsync()
        {
            var added = await AddAsync(call, hash, [.. chunk], [.. references], cancellationToken);
            result = new RegistrationResult(result.Registered + added, result.Known + chunk.Count - added);
            chunk.Clear();
            references.Clear();
        }
    }

    private async Task<int> AddAsync(
        CallOrigin call,
        HashAlgorithmName hash,
        byte[][] digests,
        string[] references,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batch = await db.LockOpenBatchAsync(hash.Name!, now, cancellationToken);
        var added = await db.AddLeavesAsync(batch, call.Caller, digests, references, cancellationToken);
        if (added > 0)
        {
            await audit.AppendAsync(
                db,
                EvidenceEvents.Of(
                    call,
                    "evidence.registered",
                    "evidence-batch",
                    batch.Id.ToString(CultureInfo.InvariantCulture),
                    ("digests", added.ToString(CultureInfo.InvariantCulture))
                ),
                cancellationToken
            );
        }

        await db.BeginClosingAsync(options.MaxBatchSize, DateTimeOffset.MinValue, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return added;
    }
}
