using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;

namespace EContract.Pki.Ers;

/// <summary>Proof that a data object, or a group of them, existed at a time and has not changed since. Immutable.</summary>
/// <remarks>
/// RFC 4998 §3.1 (IMPLICIT TAGS)
/// <code>
/// EvidenceRecord ::= SEQUENCE {
///   version                   INTEGER { v1(1) },
///   digestAlgorithms          SEQUENCE OF AlgorithmIdentifier,
///   cryptoInfos               [0] CryptoInfos OPTIONAL,
///   encryptionInfo            [1] EncryptionInfo OPTIONAL,
///   archiveTimeStampSequence  ArchiveTimeStampSequence }
/// CryptoInfos ::= SEQUENCE SIZE (1..MAX) OF Attribute
/// </code>
/// </remarks>
public sealed record EvidenceRecord
{
    private const string Clause = "RFC 4998 §3.1";
    private static readonly Asn1Tag CryptoInfosTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag EncryptionInfoTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>"The union of all digestAlgorithm values from the ArchiveTimestamps"; their order says nothing.</summary>
    public required IReadOnlyList<AlgorithmIdentifier> DigestAlgorithms { get; init; }

    public IReadOnlyList<CmsAttribute> CryptoInfos { get; init; } = [];

    public EncryptionInfo? EncryptionInfo { get; init; }

    public required ArchiveTimeStampSequence Sequence { get; init; }

    /// <summary>A record over these chains, its digestAlgorithms the union of theirs.</summary>
    public static EvidenceRecord Of(ArchiveTimeStampSequence sequence)
    {
        var algorithms = new List<AlgorithmIdentifier>();
        foreach (ArchiveTimeStamp timeStamp in sequence.Chains.SelectMany(chain => chain.TimeStamps))
        {
            if (timeStamp.Hash() is { } hash && algorithms.All(a => a.Oid != HashAlgorithms.ToOid(hash)))
            {
                algorithms.Add(HashAlgorithms.Identifier(hash));
            }
        }

        return new EvidenceRecord { DigestAlgorithms = algorithms, Sequence = sequence };
    }

    /// <summary>The first archive time-stamp of a data object.</summary>
    public static EvidenceRecord Of(ArchiveTimeStamp first) => Of(new ArchiveTimeStampSequence([new ArchiveTimeStampChain([first])]));

    /// <summary>§5.2: the last chain goes on with a time-stamp over its last one.</summary>
    public EvidenceRecord WithTimeStamp(ArchiveTimeStamp next) =>
        With([.. Sequence.Chains.SkipLast(1), new ArchiveTimeStampChain([.. Sequence.Chains[^1].TimeStamps, next])]);

    /// <summary>§5.3: a chain of a new algorithm begins.</summary>
    /// <param name="first">Over <see cref="ArchiveTimeStampSequence.RenewedDigest"/>.</param>
    public EvidenceRecord WithChain(ArchiveTimeStamp first) => With([.. Sequence.Chains, new ArchiveTimeStampChain([first])]);

    /// <summary>§5.2: what a renewal of the last chain has to cover: the hashes of its time-stamps.</summary>
    /// <remarks>
    /// The last one's suffices. All are given, as a data group: BouncyCastle looks for each of them, and 32 octets are cheap.
    /// </remarks>
    public IReadOnlyList<ReadOnlyMemory<byte>> RenewalDigests(HashAlgorithmName hash) =>
        [
            .. Sequence
                .Chains[^1]
                .TimeStamps.Select(timeStamp => (ReadOnlyMemory<byte>)CryptographicOperations.HashData(hash, timeStamp.TimeStamp.Span)),
        ];

    /// <exception cref="MalformedException">Not an EvidenceRecord in DER.</exception>
    public static EvidenceRecord Decode(ReadOnlyMemory<byte> encoded)
    {
        EvidenceRecord record = Der.Decode(encoded, Clause, Read);
        // §5.3 hashes chains in DER, and whoever renews hashes what he has encoded: one form only.
        return record.Encode().AsSpan().SequenceEqual(encoded.Span)
            ? record
            : throw new MalformedException(Clause, "The record is not in DER.");
    }

    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSequence())
                {
                    foreach (AlgorithmIdentifier algorithm in DigestAlgorithms)
                    {
                        algorithm.Encode(writer);
                    }
                }

                if (CryptoInfos.Count > 0)
                {
                    using (writer.PushSequence(CryptoInfosTag))
                    {
                        foreach (CmsAttribute info in CryptoInfos)
                        {
                            info.Encode(writer);
                        }
                    }
                }

                EncryptionInfo?.Encode(writer, EncryptionInfoTag);
                Sequence.Encode(writer);
            }
        });

    private EvidenceRecord With(IReadOnlyList<ArchiveTimeStampChain> chains)
    {
        EvidenceRecord next = Of(new ArchiveTimeStampSequence(chains));
        return next with { CryptoInfos = CryptoInfos, EncryptionInfo = EncryptionInfo };
    }

    private static EvidenceRecord Read(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out int version) || version != 1)
        {
            throw new MalformedException(Clause, "version is not 1.");
        }

        var algorithms = new List<AlgorithmIdentifier>(1);
        AsnReader inner = sequence.ReadSequence();
        while (inner.HasData)
        {
            algorithms.Add(AlgorithmIdentifier.Decode(inner));
        }

        var cryptoInfos = new List<CmsAttribute>();
        if (sequence.PeekTag().HasSameClassAndValue(CryptoInfosTag))
        {
            inner = sequence.ReadSequence(CryptoInfosTag);
            do
            {
                cryptoInfos.Add(CmsAttribute.Decode(inner));
            } while (inner.HasData);
        }

        EncryptionInfo? encryption = sequence.PeekTag().HasSameClassAndValue(EncryptionInfoTag)
            ? EncryptionInfo.Decode(sequence, EncryptionInfoTag)
            : null;
        var chains = ArchiveTimeStampSequence.Decode(sequence);
        sequence.ThrowIfNotEmpty();
        return new EvidenceRecord
        {
            DigestAlgorithms = algorithms,
            CryptoInfos = cryptoInfos,
            EncryptionInfo = encryption,
            Sequence = chains,
        };
    }
}
