using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.Cms;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Makes of a stored signature value what the caller asked for.</summary>
internal sealed class ResultAssembly(ITimestampAuthority timestamps, LongTermResults longTerm)
{
    /// <summary>The signature value itself, or the CMS with it and, from B-T on, a time-stamp over it and what the level wants besides.</summary>
    /// <param name="time">When the activation began.</param>
    public async Task<byte[]> AssembleAsync(
        ActivationItem item,
        Credential credential,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        if (item.Format == ItemFormat.Raw)
        {
            return item.Signature!;
        }

        var signature = Complete(item, credential, time);
        if (item.Level >= ItemLevel.Timestamped)
        {
            var hash = new HashAlgorithmName(item.Hash);
            var digest = CryptographicOperations.HashData(hash, signature.SignatureValue.Span);
            signature = signature.WithSignatureTimestamp(await timestamps.StampAsync(hash, digest, cancellationToken));
        }

        var cms = signature.Encode();
        // A PDF gets its validation data beside the CMS, once the CMS is in its place.
        return item is { Level: >= ItemLevel.LongTerm, Format: ItemFormat.Cades }
            ? await longTerm.ExtendAsync(cms, item, cancellationToken)
            : cms;
    }

    /// <summary>Verifies the signature value with the certificate on the way.</summary>
    private static CompletedSignature Complete(ActivationItem item, Credential credential, DateTimeOffset time)
    {
        var signer = CmsItems.Signer(credential, new HashAlgorithmName(item.Hash), item.Pss);
        var prepared = CmsItems.Prepare(signer, item.Format, item.ContentDigest, item.Content, time);
        if (!prepared.Digest.Span.SequenceEqual(item.DtbsDigest))
        {
            throw new ServiceException(Fault.DigestMismatch, "What was authorised can't be made again from its row.");
        }

        return prepared.Complete(item.Signature!);
    }
}
