using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms.Archive;

/// <summary>
/// The imprints of everything that may still grow when an archive time-stamp is made: certificates, revocation data, unsigned
/// attributes. What comes later is in no index, so that it breaks none.
/// </summary>
/// <remarks>
/// ETSI EN 319 122-1 V1.3.1 §5.5.2
/// <code>
/// ATSHashIndexV3 ::= SEQUENCE {
///   hashIndAlgorithm             AlgorithmIdentifier,
///   certificatesHashIndex        SEQUENCE OF OCTET STRING,
///   crlsHashIndex                SEQUENCE OF OCTET STRING,
///   unsignedAttrValuesHashIndex  SEQUENCE OF OCTET STRING }
/// </code>
/// Annex A.2.2: ATSHashIndex is the same with hashIndAlgorithm DEFAULT {algorithm id-sha256} and unsignedAttrsHashIndex.
/// </remarks>
public sealed record AtsHashIndex
{
    private const string Clause = "ETSI EN 319 122-1 §5.5.2";

    public required AtsHashIndexVersion Version { get; init; }

    public required AlgorithmIdentifier HashIndAlgorithm { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> CertificatesHashIndex { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> CrlsHashIndex { get; init; }

    /// <summary>unsignedAttrValuesHashIndex, in <see cref="AtsHashIndexVersion.V1"/> unsignedAttrsHashIndex.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> UnsignedAttributesHashIndex { get; init; }

    /// <summary>The whole encoding, as made or received: it goes into the message imprint.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>The index of everything that the signature holds now.</summary>
    public static AtsHashIndex For(SignedData signedData, SignerInfo signer, HashAlgorithmName hash)
    {
        AlgorithmIdentifier algorithm = HashAlgorithms.Identifier(hash);
        List<ReadOnlyMemory<byte>> certificates = Imprints(signedData.Certificates, hash);
        List<ReadOnlyMemory<byte>> crls = Imprints(signedData.Crls, hash);
        List<ReadOnlyMemory<byte>> attributes =
        [
            .. signer.UnsignedAttributes.SelectMany(a => a.Values, (a, value) => ImprintOfValue(a.Oid, value.Span, hash)),
        ];
        byte[] encoded = Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                algorithm.Encode(writer);
                Write(writer, certificates);
                Write(writer, crls);
                Write(writer, attributes);
            }
        });
        return new AtsHashIndex
        {
            Version = AtsHashIndexVersion.V3,
            HashIndAlgorithm = algorithm,
            CertificatesHashIndex = certificates,
            CrlsHashIndex = crls,
            UnsignedAttributesHashIndex = attributes,
            Encoded = encoded,
        };
    }

    /// <exception cref="MalformedException">Not an ATSHashIndex of this version.</exception>
    public static AtsHashIndex Decode(AtsHashIndexVersion version, ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                AsnReader sequence = reader.ReadSequence();
                // Without the default, hashIndAlgorithm begins with an OBJECT IDENTIFIER where an index holds OCTET STRINGs.
                bool defaulted = version == AtsHashIndexVersion.V1 && !BeginsWithAlgorithm(sequence);
                AlgorithmIdentifier algorithm = defaulted
                    ? HashAlgorithms.Identifier(HashAlgorithmName.SHA256)
                    : AlgorithmIdentifier.Decode(sequence);
                List<ReadOnlyMemory<byte>> certificates = Read(sequence);
                List<ReadOnlyMemory<byte>> crls = Read(sequence);
                List<ReadOnlyMemory<byte>> attributes = Read(sequence);
                sequence.ThrowIfNotEmpty();
                return new AtsHashIndex
                {
                    Version = version,
                    HashIndAlgorithm = algorithm,
                    CertificatesHashIndex = certificates,
                    CrlsHashIndex = crls,
                    UnsignedAttributesHashIndex = attributes,
                    Encoded = encoded,
                };
            }
        );

    /// <summary>§5.5.2: "the hash value of the concatenation of the attrType field and one instance of AttributeValue".</summary>
    internal static ReadOnlyMemory<byte> ImprintOfValue(string oid, ReadOnlySpan<byte> value, HashAlgorithmName hash)
    {
        using var digest = IncrementalHash.CreateHash(hash);
        digest.AppendData(Der.Encode(writer => writer.WriteObjectIdentifier(oid)));
        digest.AppendData(value);
        return digest.GetHashAndReset();
    }

    private static List<ReadOnlyMemory<byte>> Imprints(IEnumerable<ReadOnlyMemory<byte>> values, HashAlgorithmName hash) =>
        [.. values.Select(value => (ReadOnlyMemory<byte>)CryptographicOperations.HashData(hash, value.Span))];

    private static bool BeginsWithAlgorithm(AsnReader sequence)
    {
        ReadOnlyMemory<byte> first = sequence.PeekContentBytes();
        return first.Length > 0 && first.Span[0] == (byte)UniversalTagNumber.ObjectIdentifier;
    }

    private static List<ReadOnlyMemory<byte>> Read(AsnReader reader)
    {
        var imprints = new List<ReadOnlyMemory<byte>>();
        AsnReader sequence = reader.ReadSequence();
        while (sequence.HasData)
        {
            imprints.Add(sequence.ReadOctetString());
        }

        return imprints;
    }

    private static void Write(AsnWriter writer, List<ReadOnlyMemory<byte>> imprints)
    {
        using (writer.PushSequence())
        {
            foreach (ReadOnlyMemory<byte> imprint in imprints)
            {
                writer.WriteOctetString(imprint.Span);
            }
        }
    }
}
