using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Audit.Records;

namespace EContract.Audit.Checkpoints;

/// <summary>The records of one chain that a checkpoint adds to the tree.</summary>
/// <param name="Chain">Name of the chain.</param>
/// <param name="First">Sequence of the first record.</param>
/// <param name="Last">Sequence of the last record.</param>
/// <param name="FirstLeaf">Index of the first record's leaf; the others follow.</param>
/// <param name="Head">Hash of the last record.</param>
public sealed record CheckpointRange(string Chain, long First, long Last, long FirstLeaf, ReadOnlyMemory<byte> Head);

/// <summary>A head of the Merkle tree over all chains.</summary>
/// <remarks>
/// <code>
/// Checkpoint ::= SEQUENCE {
///   version    INTEGER { v1(1) },
///   number     INTEGER (1..MAX),                     -- 1, 2, 3 …
///   madeAt     GeneralizedTime,                      -- UTC, microseconds
///   treeSize   INTEGER,                              -- leaves up to here
///   root       OCTET STRING (SIZE(32)),              -- RFC 9162 §2.1 tree head
///   previous   OCTET STRING (SIZE(32)),              -- SHA-256 of the previous DER Checkpoint; 32 zero octets in the first
///   ranges     SEQUENCE OF Range }                   -- what it adds, ascending by firstLeaf without gaps
/// Range ::= SEQUENCE { chain UTF8String, first INTEGER, last INTEGER, firstLeaf INTEGER, head OCTET STRING (SIZE(32)) }
/// </code>
/// It is the content of a CMS SignedData by the audit key, with a signature-time-stamp.
/// </remarks>
public sealed record Checkpoint
{
    public required long Number { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required long TreeSize { get; init; }

    public required ReadOnlyMemory<byte> Root { get; init; }

    public required ReadOnlyMemory<byte> Previous { get; init; }

    public required IReadOnlyList<CheckpointRange> Ranges { get; init; }

    public static byte[] Digest(ReadOnlySpan<byte> der) => SHA256.HashData(der);

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) // Checkpoint
        {
            writer.WriteInteger(1);
            writer.WriteInteger(Number);
            writer.WriteGeneralizedTime(MadeAt);
            writer.WriteInteger(TreeSize);
            writer.WriteOctetString(Root.Span);
            writer.WriteOctetString(Previous.Span);
            using (writer.PushSequence()) // ranges
            {
                foreach (var range in Ranges)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteCharacterString(UniversalTagNumber.UTF8String, range.Chain);
                        writer.WriteInteger(range.First);
                        writer.WriteInteger(range.Last);
                        writer.WriteInteger(range.FirstLeaf);
                        writer.WriteOctetString(range.Head.Span);
                    }
                }
            }
        }

        return writer.Encode();
    }

    /// <exception cref="AsnContentException">These bytes are not the canonical form of a checkpoint.</exception>
    public static Checkpoint Decode(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Canonical.RequireVersion1(reader);
        var decoded = new Checkpoint
        {
            Number = Number64(reader),
            MadeAt = Canonical.ReadTime(reader),
            TreeSize = Number64(reader),
            Root = reader.ReadOctetString(),
            Previous = reader.ReadOctetString(),
            Ranges = ReadRanges(reader.ReadSequence()),
        };
        reader.ThrowIfNotEmpty();
        Canonical.Require(decoded.Root.Length == 32 && decoded.Previous.Length == 32, "A hash is not 32 octets long.");
        return decoded;
    }

    private static List<CheckpointRange> ReadRanges(AsnReader reader)
    {
        var ranges = new List<CheckpointRange>();
        while (reader.HasData)
        {
            var range = reader.ReadSequence();
            ranges.Add(
                new CheckpointRange(
                    range.ReadCharacterString(UniversalTagNumber.UTF8String),
                    Number64(range),
                    Number64(range),
                    Number64(range),
                    range.ReadOctetString()
                )
            );
            range.ThrowIfNotEmpty();
            Canonical.Require(ranges[^1] is { First: > 0, Head.Length: 32 } added && added.Last >= added.First, "A range is not one.");
        }

        return ranges;
    }

    private static long Number64(AsnReader reader)
    {
        Canonical.Require(reader.TryReadInt64(out var number) && number >= 0, "A number is negative or too large.");
        return number;
    }
}
