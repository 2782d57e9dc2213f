using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.Ers;

/// <summary>Chains, each with a stronger hash algorithm than the one before; the oldest first.</summary>
/// <remarks>
/// RFC 4998 §5.1
/// <code>
/// ArchiveTimeStampSequence ::= SEQUENCE OF ArchiveTimeStampChain
/// </code>
/// </remarks>
public sealed record ArchiveTimeStampSequence(IReadOnlyList<ArchiveTimeStampChain> Chains)
{
    public static ArchiveTimeStampSequence Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        var chains = new List<ArchiveTimeStampChain>(1);
        while (sequence.HasData)
        {
            chains.Add(ArchiveTimeStampChain.Decode(sequence));
        }

        return chains.Count > 0
            ? new ArchiveTimeStampSequence(chains)
            : throw new MalformedException("RFC 4998 §5.1", "A sequence has at least one chain.");
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (ArchiveTimeStampChain chain in Chains)
            {
                chain.Encode(writer);
            }
        }
    }

    /// <summary>
    /// §5.3 steps 3 and 4: h(i)' = H(h(i) + ha(i)), ha(i) = H(atsc(i)): what a new chain has to cover of a data object whose evidence
    /// this sequence is. "The ArchiveTimeStampChains used are DER encoded, i.e., they contain sequence and length tags."
    /// </summary>
    /// <param name="digest">The data object's digest in the new algorithm <paramref name="hash"/>.</param>
    public byte[] RenewedDigest(ReadOnlySpan<byte> digest, HashAlgorithmName hash)
    {
        using var renewed = IncrementalHash.CreateHash(hash);
        renewed.AppendData(digest);
        renewed.AppendData(CryptographicOperations.HashData(hash, Der.Encode(Encode)));
        return renewed.GetHashAndReset();
    }
}
