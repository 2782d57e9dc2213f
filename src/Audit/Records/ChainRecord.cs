using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EContract.Audit.Records;

/// <summary>One link of a node's chain: ties an event to all that its chain holds before it.</summary>
/// <remarks>
/// <code>
/// AuditRecord ::= SEQUENCE {
///   version    INTEGER { v1(1) },
///   chain      UTF8String,
///   sequence   INTEGER (1..MAX),                     -- 1, 2, 3 … without gaps
///   linkedAt   GeneralizedTime,                      -- UTC, microseconds; never before the previous link's
///   previous   OCTET STRING (SIZE(32)),              -- hash of the previous record; 32 zero octets in the first
///   event      OCTET STRING (SIZE(32)) }             -- SHA-256 of the DER AuditEvent
/// </code>
/// </remarks>
public sealed record ChainRecord
{
    public const int HashSize = SHA256.HashSizeInBytes;

    public required string Chain { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset LinkedAt { get; init; }

    public required ReadOnlyMemory<byte> Previous { get; init; }

    public required ReadOnlyMemory<byte> EventDigest { get; init; }

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) // AuditRecord
        {
            writer.WriteInteger(1);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Chain);
            writer.WriteInteger(Sequence);
            writer.WriteGeneralizedTime(LinkedAt);
            writer.WriteOctetString(Previous.Span);
            writer.WriteOctetString(EventDigest.Span);
        }

        return writer.Encode();
    }

    /// <summary>
    /// The record's hash: RFC 9162 §2.1.1 leaf hash, SHA-256(0x00 ‖ DER AuditRecord). The same value links the chain and is the
    /// record's leaf in the Merkle tree.
    /// </summary>
    public byte[] Hash() => Hash(Encode());

    public static byte[] Hash(ReadOnlySpan<byte> der)
    {
        Span<byte> leaf = new byte[der.Length + 1];
        der.CopyTo(leaf[1..]);
        return SHA256.HashData(leaf);
    }

    /// <exception cref="AsnContentException">These bytes are not the canonical form of a record.</exception>
    public static ChainRecord Decode(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Canonical.RequireVersion1(reader);
        var chain = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        Canonical.Require(reader.TryReadInt64(out var sequence) && sequence > 0, "AuditRecord.sequence is not a positive 64-bit number.");
        var decoded = new ChainRecord
        {
            Chain = chain,
            Sequence = sequence,
            LinkedAt = Canonical.ReadTime(reader),
            Previous = reader.ReadOctetString(),
            EventDigest = reader.ReadOctetString(),
        };
        reader.ThrowIfNotEmpty();
        Canonical.Require(decoded.Previous.Length == HashSize && decoded.EventDigest.Length == HashSize, "A hash is not 32 octets long.");
        return decoded;
    }
}
