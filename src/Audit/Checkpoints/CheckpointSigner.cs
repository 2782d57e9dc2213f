using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Cms;
using Microsoft.Extensions.Logging;

namespace EContract.Audit.Checkpoints;

/// <summary>Signs checkpoints with the token key <c>audit</c> as CMS (CAdES B-T), so that any CMS tool can check them.</summary>
/// <param name="key">The audit key.</param>
/// <param name="certificates">DER: the key's certificate first, then its chain.</param>
/// <param name="timestamper">Null: without time-stamps (said by verification).</param>
public sealed class CheckpointSigner(
    ISigningKey key,
    IReadOnlyList<ReadOnlyMemory<byte>> certificates,
    ICheckpointTimestamper? timestamper,
    TimeProvider time,
    ILogger logger
)
{
    private readonly CadesSigner _signer = new(certificates, AlgorithmOf(key.Algorithm));

    /// <returns>ContentInfo with SignedData that carries the checkpoint.</returns>
    public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        var prepared = _signer.PrepareAttached(checkpoint, new CadesAttributes { SigningTime = time.GetUtcNow() });
        var signature = new byte[key.MaxSignatureSize];
        var scheme = prepared.Algorithm.Kind == SignatureKind.Ecdsa ? SignatureScheme.Ecdsa : SignatureScheme.RsaPkcs1;
        var length = await key.SignDigestAsync(prepared.Digest, prepared.Algorithm.Hash, scheme, signature, cancellationToken);
        var completed = prepared.Complete(signature.AsMemory(0, length));
        return (await StampAsync(completed, cancellationToken)).Encode();
    }

    /// <summary>
    /// Without a TSA the checkpoint is made all the same: it protects from now on, and the next one that is stamped covers it, because
    /// it holds its digest.
    /// </summary>
    private async Task<CompletedSignature> StampAsync(CompletedSignature completed, CancellationToken cancellationToken)
    {
        if (timestamper is null)
        {
            return completed;
        }

        try
        {
            return completed.WithSignatureTimestamp(
                await timestamper.StampAsync(SHA256.HashData(completed.SignatureValue.Span), cancellationToken)
            );
        }
        catch (Exception exception) when (exception is global::Grpc.Core.RpcException or MalformedException)
        {
            logger.LogWarning(exception, "The checkpoint could not be time-stamped; the next one that is covers it");
            return completed;
        }
    }

    private static SignatureAlgorithm AlgorithmOf(KeyAlgorithm algorithm) =>
        algorithm switch
        {
            KeyAlgorithm.EcdsaP384 => SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA384),
            KeyAlgorithm.EcdsaP256 => SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256),
            _ => SignatureAlgorithm.Get(SignatureKind.RsaPkcs1, HashAlgorithmName.SHA256),
        };
}
