using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.Cms;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Makes of a stored signature value what the caller asked for.</summary>
internal sealed class ResultAssembly(ITimestampAuthority timestamps)
{
    /// <summary>The signature value itself, or the CMS with it and, for B-T, a time-stamp over it.</summary>
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
        if (item.Level == ItemLevel.Timestamped)
        {
            var hash = new HashAlgorithmName(item.Hash);
            var digest = CryptographicOperations.HashData(hash, signature.SignatureValue.Span);
            signature = signature.WithSignatureTimestamp(await timestamps.StampAsync(hash, digest, cancellationToken));
        }

        return signature.Encode();
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
