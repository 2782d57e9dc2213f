using System.Globalization;
using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Signer.Signing;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>Raises CAdES signatures to a level (ETSI EN 319 122-1 §6): unsigned attributes and validation data are added, nothing signed changes.</summary>
public sealed class CmsAugmentation(DataGathering gathering, ITimestampAuthority timestamps, ArchiveOptions options, TimeProvider time)
{
    // id-aa-ets-archiveTimestamp and its version 2: they cover SignedData.certificates as a whole, so that adding to it breaks them.
    private static readonly string[] ClosedArchiveTimestamps = ["1.2.840.113549.1.9.16.2.27", "1.2.840.113549.1.9.16.2.48"];

    /// <param name="contentDigest">The detached content's digest in an algorithm; null where it can't be had in it.</param>
    /// <param name="hash">Of archive time-stamps; null: as configured.</param>
    public async Task<Augmented> AugmentAsync(
        ReadOnlyMemory<byte> cms,
        Func<HashAlgorithmName, byte[]?> contentDigest,
        AugmentationOrder order,
        HashAlgorithmName? hash,
        CancellationToken cancellationToken
    )
    {
        if (order.Level >= ItemLevel.LongTerm)
        {
            gathering.RequireAvailable();
        }

        var signedData = SignatureTargets.Decode(() => SignedData.Decode(cms));
        var selected = Select(signedData, order.Signatures);
        var stamps = 0;
        if (order.Level >= ItemLevel.Timestamped)
        {
            (signedData, stamps) = await StampSignaturesAsync(signedData, selected, cancellationToken);
        }

        if (order.Level < ItemLevel.LongTerm)
        {
            return new Augmented(signedData.Encode(), [], stamps);
        }

        RequireOpen(signedData, selected);
        var carried = new CollectedSource();
        CmsMaterial.Of(signedData).AddTo(carried);
        var now = time.GetUtcNow();
        var targets = selected.SelectMany(i => SignatureTargets.Of(signedData.SignerInfos[i], null, now, carried));
        var data = await gathering.GatherAsync([.. targets], carried, cancellationToken);
        if (!order.PreserveEvidence)
        {
            gathering.RequireComplete(data);
        }

        signedData = signedData.WithValidationData(
            data.Certificates.Select(c => c.Encoded),
            data.OcspResponses.Select(o => o.Encoded),
            data.Crls.Select(c => c.Encoded)
        );
        if (order.Level == ItemLevel.LongTermArchive)
        {
            foreach (var i in selected.Where(i => order.Renew || !HasArchiveTimestamp(signedData.SignerInfos[i])))
            {
                signedData = await ArchiveAsync(
                    signedData,
                    i,
                    contentDigest,
                    hash ?? new HashAlgorithmName(options.DigestAlgorithm),
                    cancellationToken
                );
                stamps++;
            }
        }

        return new Augmented(signedData.Encode(), data.Missing, stamps);
    }

    private async Task<(SignedData SignedData, int Stamps)> StampSignaturesAsync(
        SignedData signedData,
        IReadOnlyList<int> selected,
        CancellationToken cancellationToken
    )
    {
        var signers = signedData.SignerInfos.ToArray();
        var stamps = 0;
        foreach (var i in selected.Where(i => signers[i].UnsignedAttributes.All(a => a.Oid != Oids.SignatureTimeStampToken)))
        {
            var hash =
                HashAlgorithms.FromOid(signers[i].DigestAlgorithm.Oid) is { } own && own != HashAlgorithmName.SHA1
                    ? own
                    : HashAlgorithmName.SHA256;
            var digest = CryptographicOperations.HashData(hash, signers[i].Signature.Span);
            var token = await timestamps.StampAsync(hash, digest, cancellationToken);
            signers[i] = signers[i] with
            {
                UnsignedAttributes = [.. signers[i].UnsignedAttributes, new CmsAttribute(Oids.SignatureTimeStampToken, token)],
            };
            stamps++;
        }

        return (signedData with { SignerInfos = signers }, stamps);
    }

    private async Task<SignedData> ArchiveAsync(
        SignedData signedData,
        int signer,
        Func<HashAlgorithmName, byte[]?> contentDigest,
        HashAlgorithmName hash,
        CancellationToken cancellationToken
    )
    {
        byte[]? digest = null;
        if (signedData.Content is null)
        {
            digest =
                contentDigest(hash)
                ?? throw new ServiceException(
                    Fault.DigestInvalid,
                    $"The signature is detached: its content, or the content's {hash.Name} digest, is needed for an archive time-stamp."
                );
        }

        var prepared = PreparedArchiveTimestamp.For(signedData, signer, hash, digest);
        return prepared.Complete(await timestamps.StampAsync(hash, prepared.MessageImprint, cancellationToken));
    }

    private static void RequireOpen(SignedData signedData, IReadOnlyList<int> selected)
    {
        if (selected.Any(i => signedData.SignerInfos[i].UnsignedAttributes.Any(a => ClosedArchiveTimestamps.Contains(a.Oid))))
        {
            throw new ServiceException(
                Fault.SignatureLevelUnavailable,
                "The signature carries an archive time-stamp of an older kind; validation data added beside it would break it."
            );
        }
    }

    private static bool HasArchiveTimestamp(SignerInfo signer) => signer.UnsignedAttributes.Any(a => a.Oid == Oids.ArchiveTimestampV3);

    private static IReadOnlyList<int> Select(SignedData signedData, IReadOnlyCollection<string> numbers)
    {
        var count = signedData.SignerInfos.Count;
        if (count == 0)
        {
            throw new ServiceException(Fault.SignatureNotFound, "The CMS holds no signature.");
        }

        return numbers.Count == 0
            ? [.. Enumerable.Range(0, count)]
            :
            [
                .. numbers
                    .Select(number =>
                        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < count
                            ? i
                            : throw new ServiceException(
                                Fault.SignatureNotFound,
                                $"The CMS has {count} signers; '{number}' is none of them."
                            )
                    )
                    .Distinct(),
            ];
    }
}
