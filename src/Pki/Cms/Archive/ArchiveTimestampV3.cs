using System.Security.Cryptography;
using EContract.Pki.Asn1;
using EContract.Pki.Tsp;

namespace EContract.Pki.Cms.Archive;

/// <summary>Finds the archive time-stamps of a signature and checks what each of them covers (ETSI EN 319 122-1 V1.3.1 §5.5).</summary>
public static class ArchiveTimestampV3
{
    /// <summary>The values of all archive-time-stamp-v3 attributes, each the ContentInfo of a token, in the order of the signature.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Find(SignerInfo signer) =>
        [.. signer.UnsignedAttributes.Where(a => a.Oid == Oids.ArchiveTimestampV3).SelectMany(a => a.Values)];

    /// <summary>The hash algorithm in which the content's digest is needed to check this token; null when it can't be read.</summary>
    public static HashAlgorithmName? HashOf(ReadOnlyMemory<byte> timeStampToken)
    {
        try
        {
            return HashAlgorithms.FromOid(TimeStampToken.Decode(timeStampToken).TstInfo.MessageImprint.HashAlgorithm.Oid);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>Recomputes the message imprint from the signature as it is now. Never throws for what the bytes say.</summary>
    /// <param name="signer">The SignerInfo that holds the time-stamp.</param>
    /// <param name="timeStampToken">One of <see cref="Find"/>.</param>
    /// <param name="contentDigest">The detached content hashed with <see cref="HashOf"/>; not looked at when the SignedData carries its content.</param>
    public static ArchiveTimestampCheck Check(
        SignedData signedData,
        SignerInfo signer,
        ReadOnlyMemory<byte> timeStampToken,
        ReadOnlyMemory<byte>? contentDigest = null
    )
    {
        TimeStampToken token;
        try
        {
            token = TimeStampToken.Decode(timeStampToken);
        }
        catch (MalformedException)
        {
            return ArchiveTimestampCheck.Failed(ArchiveTimestampProblem.TokenMalformed);
        }

        AtsHashIndex? index;
        try
        {
            index = FindIndex(token);
        }
        catch (MalformedException)
        {
            return ArchiveTimestampCheck.Failed(ArchiveTimestampProblem.HashIndexMalformed, token);
        }

        return index is null
            ? ArchiveTimestampCheck.Failed(ArchiveTimestampProblem.HashIndexMissing, token)
            : Check(signedData, signer, token, index, contentDigest);
    }

    /// <summary>The content's digest: given, or computed from what the SignedData carries; null when it is needed and not there.</summary>
    internal static ReadOnlyMemory<byte>? ContentDigest(SignedData signedData, HashAlgorithmName hash, ReadOnlyMemory<byte>? given) =>
        signedData.Content is { } content ? CryptographicOperations.HashData(hash, content.Span) : given;

    /// <summary>
    /// §5.5.3: eContentType, the hash of the signed content (its octets alone), the signed fields of the SignerInfo, the hash index;
    /// all but the hash with their tags and lengths, as received.
    /// </summary>
    internal static byte[] Imprint(
        SignedData signedData,
        SignerInfo signer,
        ReadOnlySpan<byte> contentDigest,
        AtsHashIndex index,
        HashAlgorithmName hash
    )
    {
        using var imprint = IncrementalHash.CreateHash(hash);
        imprint.AppendData(Der.Encode(writer => writer.WriteObjectIdentifier(signedData.ContentType)));
        imprint.AppendData(contentDigest);
        imprint.AppendData(signer.EncodeSignedFields());
        imprint.AppendData(index.Encoded.Span);
        return imprint.GetHashAndReset();
    }

    private static AtsHashIndex? FindIndex(TimeStampToken token)
    {
        CmsAttribute[] found = [.. token.SignerInfo.UnsignedAttributes.Where(a => a.Oid is Oids.AtsHashIndexV3 or Oids.AtsHashIndex)];
        return found is [{ Values: [var value] } attribute]
            ? AtsHashIndex.Decode(attribute.Oid == Oids.AtsHashIndexV3 ? AtsHashIndexVersion.V3 : AtsHashIndexVersion.V1, value)
            : null;
    }

    private static ArchiveTimestampCheck Check(
        SignedData signedData,
        SignerInfo signer,
        TimeStampToken token,
        AtsHashIndex index,
        ReadOnlyMemory<byte>? contentDigest
    )
    {
        MessageImprint stamped = token.TstInfo.MessageImprint;
        if (HashAlgorithms.FromOid(stamped.HashAlgorithm.Oid) is not { } hash)
        {
            return Failed(ArchiveTimestampProblem.HashAlgorithmUnknown);
        }

        if (index.HashIndAlgorithm.Oid != stamped.HashAlgorithm.Oid)
        {
            return Failed(ArchiveTimestampProblem.HashAlgorithmsDiffer);
        }

        // §5.5.2: an index that names what is not there is invalid; what is there and not named came later.
        if (
            !TryMatch(
                index.CertificatesHashIndex,
                signedData.Certificates,
                c => CryptographicOperations.HashData(hash, c.Span),
                out var certificates
            )
        )
        {
            return Failed(ArchiveTimestampProblem.CertificateMissing);
        }

        if (!TryMatch(index.CrlsHashIndex, signedData.Crls, c => CryptographicOperations.HashData(hash, c.Span), out var crls))
        {
            return Failed(ArchiveTimestampProblem.RevocationDataMissing);
        }

        IEnumerable<CmsAttribute> candidates =
            index.Version == AtsHashIndexVersion.V1
                ? signer.UnsignedAttributes
                : signer.UnsignedAttributes.SelectMany(a => a.Values, (a, value) => new CmsAttribute(a.Oid, value));
        Func<CmsAttribute, ReadOnlyMemory<byte>> imprintOf =
            index.Version == AtsHashIndexVersion.V1
                ? a => CryptographicOperations.HashData(hash, Der.Encode(a.Encode))
                : a => AtsHashIndex.ImprintOfValue(a.Oid, a.Values[0].Span, hash);
        if (!TryMatch(index.UnsignedAttributesHashIndex, candidates, imprintOf, out var attributes))
        {
            return Failed(ArchiveTimestampProblem.UnsignedAttributeMissing);
        }

        if (ContentDigest(signedData, hash, contentDigest) is not { } digest)
        {
            return Failed(ArchiveTimestampProblem.ContentDigestNeeded);
        }

        byte[] imprint = Imprint(signedData, signer, digest.Span, index, hash);
        return new ArchiveTimestampCheck
        {
            Problem = stamped.HashedMessage.Span.SequenceEqual(imprint)
                ? ArchiveTimestampProblem.None
                : ArchiveTimestampProblem.ImprintDiffers,
            Token = token,
            HashIndex = index,
            Certificates = certificates,
            Crls = crls,
            UnsignedAttributes = attributes,
        };

        ArchiveTimestampCheck Failed(ArchiveTimestampProblem problem) =>
            ArchiveTimestampCheck.Failed(problem, token) with
            {
                HashIndex = index,
            };
    }

    /// <summary>Whether every imprint is one of a value that is there; <paramref name="covered"/> are those values.</summary>
    private static bool TryMatch<T>(
        IReadOnlyList<ReadOnlyMemory<byte>> imprints,
        IEnumerable<T> values,
        Func<T, ReadOnlyMemory<byte>> imprintOf,
        out List<T> covered
    )
    {
        covered = [];
        var open = imprints.Select(i => Convert.ToHexString(i.Span)).ToHashSet(StringComparer.Ordinal);
        var named = open.ToHashSet(StringComparer.Ordinal);
        foreach (T value in values)
        {
            string imprint = Convert.ToHexString(imprintOf(value).Span);
            if (named.Contains(imprint))
            {
                covered.Add(value);
                open.Remove(imprint);
            }
        }

        return open.Count == 0;
    }
}
