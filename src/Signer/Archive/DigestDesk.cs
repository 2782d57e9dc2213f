using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Signing;
using EContract.Validation.Collection;
using EContract.Validation.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive;

/// <summary>
/// Renews documents that stay with their caller: from their signatures and digests alone it says what they need, and stamps the digest of what
/// the caller made of it.
/// </summary>
public sealed class DigestDesk(
    DataGathering gathering,
    [FromKeyedServices(ArchiveComposition.Key)] ITimestampAuthority timestamps,
    DeadlineCalculator deadlines,
    ArchiveOptions options,
    TimeProvider time
)
{
    private const int MaxSignatures = 200;

    public HashAlgorithmName Hash => new(options.DigestAlgorithm);

    /// <param name="signatures">All of the document, in the order of signing; a time-stamp is one over everything before it.</param>
    /// <exception cref="ServiceException">EVIDENCE_BROKEN: a digest is not the one that was signed or stamped.</exception>
    public async Task<ValidationData> GatherAsync(
        IReadOnlyList<DetachedSignature> signatures,
        CollectedSource carried,
        bool preserveEvidence,
        CancellationToken cancellationToken
    )
    {
        gathering.RequireAvailable();
        if (signatures.Count is 0 or > MaxSignatures)
        {
            throw ServiceException.Invalid("signatures", $"1 to {MaxSignatures} signatures are needed.");
        }

        var read = signatures.Select(s => (Given: s, SignedData: SignatureTargets.Decode(() => SignedData.Decode(s.Cms)))).ToList();
        read.ForEach(s => CmsMaterial.Of(s.SignedData).AddTo(carried));
        var targets = new List<CollectionTarget>();
        DateTimeOffset? provenAt = null;
        foreach (var (given, signedData) in Enumerable.Reverse(read))
        {
            if (signedData.ContentType == Oids.TstInfo)
            {
                var token = SignatureTargets.Decode(() => TimeStampToken.Decode(given.Cms));
                Require(
                    given,
                    token.TstInfo.MessageImprint.HashAlgorithm.Oid,
                    token.TstInfo.MessageImprint.HashedMessage.Span,
                    preserveEvidence
                );
                targets.Add(SignatureTargets.Of(token, provenAt ?? time.GetUtcNow(), carried));
                provenAt = token.TstInfo.GenTime;
                continue;
            }

            foreach (var signer in signedData.SignerInfos)
            {
                Require(given, signer.DigestAlgorithm.Oid, MessageDigestOf(signer), preserveEvidence);
                targets.AddRange(SignatureTargets.Of(signer, provenAt, time.GetUtcNow(), carried));
            }
        }

        var data = await gathering.GatherAsync(targets, carried, cancellationToken);
        if (!preserveEvidence)
        {
            gathering.RequireComplete(data);
        }

        return data;
    }

    public Task<int> TokenSizeAsync(CancellationToken cancellationToken) => timestamps.TokenSizeAsync(cancellationToken);

    /// <summary>A token over a digest, and until when it protects.</summary>
    public async Task<(byte[] Token, TrustDeadline Deadline)> StampAsync(
        HashAlgorithmName hash,
        byte[] digest,
        CancellationToken cancellationToken
    )
    {
        if (digest.Length != HashAlgorithms.DigestLength(hash))
        {
            throw new ServiceException(Fault.DigestInvalid, $"A {hash.Name} digest has {HashAlgorithms.DigestLength(hash)} bytes.");
        }

        var token = await timestamps.StampAsync(hash, digest, cancellationToken);
        var read = TimeStampToken.Decode(token);
        var carried = new CollectedSource();
        CmsMaterial.Of(read.SignedData).AddTo(carried);
        return (token, deadlines.Of(read, carried).Deadline);
    }

    private static void Require(DetachedSignature given, string hashOid, ReadOnlySpan<byte> signed, bool preserveEvidence)
    {
        var same = HashAlgorithms.FromOid(hashOid) is { } hash && hash == given.Hash && signed.SequenceEqual(given.Digest.Span);
        if (!same && !preserveEvidence)
        {
            throw new ServiceException(
                Fault.EvidenceBroken,
                "The digest is not the one that was signed or stamped: the document has been changed, or the digest is in another algorithm."
            );
        }
    }

    private static ReadOnlySpan<byte> MessageDigestOf(SignerInfo signer)
    {
        var attribute = SignatureTargets.Decode(signer.DecodeSignedAttributes).FirstOrDefault(a => a.Oid == Oids.MessageDigest);
        return attribute is { Values: [var value] }
            ? SignatureTargets.Decode(() =>
                Pki.Asn1.Der.Decode(value, "RFC 5652 §11.2", reader => reader.ReadOctetString(), System.Formats.Asn1.AsnEncodingRules.BER)
            )
            : default;
    }
}
