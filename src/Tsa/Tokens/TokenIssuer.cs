using System.Buffers;
using EContract.Hsm;
using EContract.Tsa.Requests;
using EContract.Tsa.Serials;
using EContract.Tsa.Units;
using Microsoft.Extensions.Logging;

namespace EContract.Tsa.Tokens;

/// <summary>Makes the token for a query that was accepted: time, serial, encoding, signature.</summary>
internal sealed class TokenIssuer(SerialSource serials, ILogger<TokenIssuer> logger)
{
    private const int MaxDigest = 64;
    private const int MaxSignature = 512; // RSA-4096

    /// <summary>Signs on the caller's thread; allocates nothing but what the pool lacks.</summary>
    /// <param name="policyPrefix">What <see cref="Tsu.TryGetPolicy"/> gave.</param>
    public TimestampAnswer Issue(in TimeStampQuery query, Tsu unit, ReadOnlySpan<byte> policyPrefix)
    {
        if (unit.Current is not { } key || serials.Epoch is not { } epoch || serials.IsSuspended)
        {
            return new TimestampAnswer(Refusal.Failure);
        }

        if (!unit.TryGetGenTime(out DateTime genTime))
        {
            return new TimestampAnswer(Refusal.Time);
        }

        // RFC 3161 §2.3 and EN 319 421 §7.6.5: never a signature outside the certificate's and the key's time
        if (genTime >= key.Certificate.UsableUntil.UtcDateTime || genTime < key.Certificate.NotBefore.UtcDateTime)
        {
            return new TimestampAnswer(Refusal.Failure);
        }

        TokenTemplate template = key.Template;
        byte[] pooled = ArrayPool<byte>.Shared.Rent(template.BufferSize(query));
        try
        {
            Span<byte> serial = stackalloc byte[SerialEpoch.Length];
            Span<byte> messageDigest = stackalloc byte[MaxDigest];
            Span<byte> toBeSigned = stackalloc byte[MaxDigest];
            Span<byte> signature = stackalloc byte[MaxSignature];
            epoch.Next(serial);
            int length = template.Begin(pooled, query, policyPrefix, serial, genTime, unit.Accuracy, messageDigest, toBeSigned);
            int signed = key.Key.SignDigest(toBeSigned[..template.DigestLength], key.Algorithm.Hash, key.Scheme, signature);
            (int offset, int total) = template.Complete(pooled, length, messageDigest, signature[..signed], query.CertReq);
            return new TimestampAnswer(pooled, offset, total);
        }
        catch (HsmException e)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            logger.LogWarning(e, "TSU {Unit} could not sign", unit.Name);
            return new TimestampAnswer(Refusal.Failure);
        }
    }
}
