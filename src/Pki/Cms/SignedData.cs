using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>Content with its signatures and certificates. Reads BER (RFC 5652 §2 permits it), writes DER.</summary>
/// <remarks>
/// RFC 5652 §5.1
/// <code>
/// SignedData ::= SEQUENCE {
///   version           CMSVersion,
///   digestAlgorithms  SET OF DigestAlgorithmIdentifier,
///   encapContentInfo  EncapsulatedContentInfo,
///   certificates      [0] IMPLICIT CertificateSet OPTIONAL,
///   crls              [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///   signerInfos       SET OF SignerInfo }
/// EncapsulatedContentInfo ::= SEQUENCE {
///   eContentType  OBJECT IDENTIFIER,
///   eContent      [0] EXPLICIT OCTET STRING OPTIONAL }
/// ContentInfo ::= SEQUENCE {
///   contentType  OBJECT IDENTIFIER,
///   content      [0] EXPLICIT ANY DEFINED BY contentType }
/// </code>
/// </remarks>
public sealed record SignedData
{
    private const string Clause = "RFC 5652 §5.1";
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public required int Version { get; init; }

    public required IReadOnlyList<AlgorithmIdentifier> DigestAlgorithms { get; init; }

    public required string ContentType { get; init; }

    /// <summary>The encapsulated content's octets; null in a detached signature.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    /// <summary>Each CertificateChoices as its whole encoding.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Each RevocationInfoChoice as its whole encoding.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Crls { get; init; } = [];

    public required IReadOnlyList<SignerInfo> SignerInfos { get; init; }

    /// <param name="contentInfo">A ContentInfo that fills the memory.</param>
    /// <exception cref="MalformedException">Not a ContentInfo that holds a SignedData.</exception>
    public static SignedData Decode(ReadOnlyMemory<byte> contentInfo) =>
        Der.Decode(contentInfo, Clause, ReadContentInfo, AsnEncodingRules.BER);

    /// <summary>The ContentInfo, in DER where it is made here; the signed attributes stay as they were received.</summary>
    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence()) // ContentInfo
            {
                writer.WriteObjectIdentifier(Oids.SignedData);
                using (writer.PushSequence(Context0))
                {
                    Encode(writer);
                }
            }
        });

    private static SignedData ReadContentInfo(AsnReader reader)
    {
        AsnReader contentInfo = reader.ReadSequence();
        if (contentInfo.ReadObjectIdentifier() != Oids.SignedData)
        {
            throw new MalformedException(Clause, "contentType is not id-signedData.");
        }

        AsnReader explicitContent = contentInfo.ReadSequence(Context0);
        contentInfo.ThrowIfNotEmpty();
        AsnReader sequence = explicitContent.ReadSequence();
        explicitContent.ThrowIfNotEmpty();

        if (!sequence.TryReadInt32(out int version))
        {
            throw new MalformedException(Clause, "version is out of range.");
        }

        var digests = new List<AlgorithmIdentifier>();
        AsnReader set = sequence.ReadSetOf(skipSortOrderValidation: true);
        while (set.HasData)
        {
            digests.Add(AlgorithmIdentifier.Decode(set));
        }

        AsnReader encapsulated = sequence.ReadSequence();
        string contentType = encapsulated.ReadObjectIdentifier();
        ReadOnlyMemory<byte>? content = null;
        if (encapsulated.HasData)
        {
            AsnReader explicitOctets = encapsulated.ReadSequence(Context0);
            content = explicitOctets.ReadOctetString();
            explicitOctets.ThrowIfNotEmpty();
            encapsulated.ThrowIfNotEmpty();
        }

        List<ReadOnlyMemory<byte>> certificates = ReadValues(sequence, Context0);
        List<ReadOnlyMemory<byte>> crls = ReadValues(sequence, Context1);
        var signers = new List<SignerInfo>(1);
        set = sequence.ReadSetOf(skipSortOrderValidation: true);
        while (set.HasData)
        {
            signers.Add(SignerInfo.Decode(set));
        }

        sequence.ThrowIfNotEmpty();
        return new SignedData
        {
            Version = version,
            DigestAlgorithms = digests,
            ContentType = contentType,
            Content = content,
            Certificates = certificates,
            Crls = crls,
            SignerInfos = signers,
        };
    }

    private static List<ReadOnlyMemory<byte>> ReadValues(AsnReader reader, Asn1Tag tag)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        if (reader.HasData && reader.PeekTag().HasSameClassAndValue(tag))
        {
            AsnReader set = reader.ReadSetOf(skipSortOrderValidation: true, tag);
            while (set.HasData)
            {
                values.Add(set.ReadEncodedValue());
            }
        }

        return values;
    }

    private void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            using (writer.PushSetOf())
            {
                foreach (AlgorithmIdentifier algorithm in DigestAlgorithms)
                {
                    algorithm.Encode(writer);
                }
            }

            using (writer.PushSequence()) // encapContentInfo
            {
                writer.WriteObjectIdentifier(ContentType);
                if (Content is { } content)
                {
                    using (writer.PushSequence(Context0))
                    {
                        writer.WriteOctetString(content.Span);
                    }
                }
            }

            WriteValues(writer, Context0, Certificates);
            WriteValues(writer, Context1, Crls);
            using (writer.PushSetOf())
            {
                foreach (SignerInfo signer in SignerInfos)
                {
                    signer.Encode(writer);
                }
            }
        }
    }

    private static void WriteValues(AsnWriter writer, Asn1Tag tag, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        using (writer.PushSetOf(tag))
        {
            foreach (ReadOnlyMemory<byte> value in values)
            {
                writer.WriteEncodedValue(value.Span);
            }
        }
    }
}
