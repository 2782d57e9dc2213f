using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Documents;
using EContract.Signer.Store;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Signing;

/// <summary>
/// Makes B-LT and B-LTA of a fresh B-T signature. A step of the signing cycle behind the stored signature values: whatever fails here can be
/// done again by any node, without the key.
/// </summary>
public sealed class LongTermResults(
    DataGathering gathering,
    PdfAugmentation pdf,
    CmsAugmentation cms,
    DocumentStore documents,
    TimeProvider time
)
{
    /// <summary>
    /// Before anything is stored or sent: whether the level can be reached for this certificate now. An authority that is down is told at
    /// once, not after OTP and PIN.
    /// </summary>
    /// <exception cref="ServiceException">SIGNATURE_LEVEL_UNAVAILABLE, TRUST_ANCHOR_MISSING, REVOCATION_SOURCE_UNAVAILABLE.</exception>
    public async Task RequireReachableAsync(Credential credential, CancellationToken cancellationToken)
    {
        gathering.RequireAvailable();
        var carried = new CollectedSource();
        foreach (var certificate in credential.Chain)
        {
            carried.TryAddCertificate(certificate);
        }

        var target = new CollectionTarget(Certificate.Decode(credential.Certificate), time.GetUtcNow(), IsSigner: false);
        gathering.RequireComplete(await gathering.GatherAsync([target], carried, cancellationToken));
    }

    /// <summary>The update that signs the document, with the revisions behind it that the level wants.</summary>
    /// <param name="document">The version that was signed.</param>
    /// <param name="update">The signature in its place.</param>
    internal async Task<byte[]> ExtendAsync(
        StoredDocument document,
        byte[] update,
        ActivationItem item,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await documents.OpenAsync(document, cancellationToken);
        var signed = new AppendedStream(new PrefixStream(copy, document.Size));
        signed.Append(update);
        var order = new AugmentationOrder { Level = item.Level, Signatures = [item.FieldName!] };
        var augmented = await pdf.AugmentAsync(signed, order, cancellationToken);
        return [.. update, .. augmented.Bytes.Span];
    }

    /// <summary>The CAdES signature at the level. Of a detached content only the digest that was signed is known, so it is archived in that algorithm.</summary>
    internal async Task<byte[]> ExtendAsync(byte[] signature, ActivationItem item, CancellationToken cancellationToken)
    {
        var hash = new HashAlgorithmName(item.Hash);
        var order = new AugmentationOrder { Level = item.Level };
        var augmented = await cms.AugmentAsync(
            signature,
            wanted => wanted == hash ? item.ContentDigest : null,
            order,
            hash,
            cancellationToken
        );
        return augmented.Bytes.ToArray();
    }
}
