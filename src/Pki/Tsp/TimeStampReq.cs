using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>A request for a time-stamp token.</summary>
/// <remarks>
/// RFC 3161 §2.4.1
/// <code>
/// TimeStampReq ::= SEQUENCE {
///   version         INTEGER { v1(1) },
///   messageImprint  MessageImprint,
///   reqPolicy       TSAPolicyId OPTIONAL,
///   nonce           INTEGER OPTIONAL,
///   certReq         BOOLEAN DEFAULT FALSE,
///   extensions      [0] IMPLICIT Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed record TimeStampReq
{
    public const string Clause = "RFC 3161 §2.4.1";
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public int Version { get; init; } = 1;

    public required MessageImprint MessageImprint { get; init; }

    /// <summary>Dotted decimal; null leaves the choice to the TSA.</summary>
    public string? ReqPolicy { get; init; }

    /// <summary>Content octets of the INTEGER; null when absent.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>Whether the TSA's certificate shall be in the answer.</summary>
    public bool CertReq { get; init; }

    /// <summary>The whole encoding of Extensions, with the tag [0]; null when absent.</summary>
    public ReadOnlyMemory<byte>? Extensions { get; init; }

    /// <summary>A request with a fresh random 64-bit nonce that asks for the certificate.</summary>
    public static TimeStampReq Create(ReadOnlyMemory<byte> digest, HashAlgorithmName hash, string? policy = null) =>
        new()
        {
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(hash), digest),
            ReqPolicy = policy,
            Nonce = SerialNumber.FromUnsigned(RandomNumberGenerator.GetBytes(8)).Content,
            CertReq = true,
        };

    /// <exception cref="MalformedException">Not a DER TimeStampReq.</exception>
    public static TimeStampReq Decode(ReadOnlyMemory<byte> encoded) => Der.Decode(encoded, Clause, Read);

    public byte[] Encode() =>
        Der.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(Version);
                MessageImprint.Encode(writer);
                if (ReqPolicy is not null)
                {
                    writer.WriteObjectIdentifier(ReqPolicy);
                }

                if (Nonce is { } nonce)
                {
                    writer.WriteInteger(nonce.Span);
                }

                if (CertReq)
                {
                    writer.WriteBoolean(true);
                }

                if (Extensions is { } extensions)
                {
                    writer.WriteEncodedValue(extensions.Span);
                }
            }
        });

    private static TimeStampReq Read(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out int version))
        {
            throw new MalformedException(Clause, "version is out of range.");
        }

        var imprint = MessageImprint.Decode(sequence);
        string? policy = Next(sequence, Asn1Tag.ObjectIdentifier) ? sequence.ReadObjectIdentifier() : null;
        ReadOnlyMemory<byte>? nonce = Next(sequence, Asn1Tag.Integer) ? sequence.ReadIntegerBytes() : default(ReadOnlyMemory<byte>?);
        bool certReq = Next(sequence, Asn1Tag.Boolean) && sequence.ReadBoolean();
        ReadOnlyMemory<byte>? extensions = Next(sequence, ExtensionsTag) ? sequence.ReadEncodedValue() : default(ReadOnlyMemory<byte>?);
        sequence.ThrowIfNotEmpty();
        return new TimeStampReq
        {
            Version = version,
            MessageImprint = imprint,
            ReqPolicy = policy,
            Nonce = nonce,
            CertReq = certReq,
            Extensions = extensions,
        };
    }

    private static bool Next(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag() == tag;
}
