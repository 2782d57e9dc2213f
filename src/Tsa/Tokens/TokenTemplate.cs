using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Tsa.Requests;

namespace EContract.Tsa.Tokens;

/// <summary>
/// A granted TimeStampResp of one key: everything that is the same in every token is encoded once, what differs is put in by hand.
/// The plain AsnWriter form is in the tests, which compare the two octet by octet.
/// </summary>
/// <remarks>
/// The TSTInfo is written where it stays, <see cref="HeaderRoom"/> octets into the buffer. What follows it is written forwards after
/// the signature is known, what precedes it backwards, so that nothing is moved. Layout of the whole:
/// <code>
/// TimeStampResp { status, ContentInfo { id-signedData, [0] SignedData { 3, digestAlgorithms,
///   { id-ct-TSTInfo, [0] OCTET STRING { TSTInfo } }, [0] certificates?, { SignerInfo { …, signedAttrs, …, signature } } } } }
/// </code>
/// </remarks>
internal sealed class TokenTemplate
{
    /// <summary>More than status, identifiers and eight headers with 4-octet lengths take.</summary>
    public const int HeaderRoom = 160;

    private const byte Sequence = 0x30;
    private const byte Set = 0x31;
    private const byte OctetString = 0x04;
    private const byte Integer = 0x02;
    private const byte Context0 = 0xA0;

    private static readonly byte[] Granted = [0x30, 0x03, 0x02, 0x01, 0x00];
    private static readonly byte[] SignedDataOid = Der.Encode(writer => writer.WriteObjectIdentifier(Oids.SignedData));
    private static readonly byte[] TstInfoOid = Der.Encode(writer => writer.WriteObjectIdentifier(Oids.TstInfo));

    private readonly HashAlgorithmName _hash;
    private readonly int _digestLength;
    private readonly int _maxSignatureSize;
    private readonly byte[] _versionAndDigests; // of the SignedData
    private readonly byte[] _certificates; // [0], whole
    private readonly byte[] _signedAttributes; // SET OF, digest at _digestOffset
    private readonly int _digestOffset;
    private readonly byte[] _signerBeforeAttributes; // version, sid, digestAlgorithm
    private readonly byte[] _signatureAlgorithm;

    /// <param name="chain">DER; the TSU's certificate first.</param>
    public TokenTemplate(IReadOnlyList<ReadOnlyMemory<byte>> chain, SignatureAlgorithm algorithm, int maxSignatureSize)
    {
        _hash = algorithm.Hash;
        _digestLength = HashAlgorithms.DigestLength(_hash);
        _maxSignatureSize = maxSignatureSize;

        // A digest that can be found again in the encoding; the parts are cut out of a token that the plain encoder made.
        byte[] marker = RandomNumberGenerator.GetBytes(_digestLength);
        var signer = new CadesSigner(chain, algorithm);
        PreparedSignature prepared = signer.Prepare(marker, new CadesAttributes { ContentType = Oids.TstInfo });
        SignedData signedData = prepared.Skeleton;
        SignerInfo info = signedData.SignerInfos[0];

        _signedAttributes = prepared.ToBeSigned.ToArray();
        _digestOffset = _signedAttributes.AsSpan().IndexOf(marker);
        byte[] digestAlgorithm = Der.Encode(info.DigestAlgorithm.Encode);
        _versionAndDigests = [Integer, 1, (byte)signedData.Version, Set, (byte)digestAlgorithm.Length, .. digestAlgorithm];
        _certificates = Der.Encode(writer =>
        {
            using (writer.PushSetOf(new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 0, true)))
            {
                foreach (ReadOnlyMemory<byte> certificate in signedData.Certificates)
                {
                    writer.WriteEncodedValue(certificate.Span);
                }
            }
        });
        _signerBeforeAttributes = [Integer, 1, (byte)info.Version, .. info.Sid.Span, .. digestAlgorithm];
        _signatureAlgorithm = Der.Encode(info.SignatureAlgorithm.Encode);
    }

    public int DigestLength => _digestLength;

    /// <summary>What a buffer must hold for the answer to this query, and for what is in between.</summary>
    public int BufferSize(in TimeStampQuery query) =>
        HeaderRoom
        + TstInfoOverhead
        + query.MessageImprint.Length
        + query.Nonce.Length
        + _certificates.Length
        + _signerBeforeAttributes.Length
        + _signedAttributes.Length
        + _signatureAlgorithm.Length
        + _maxSignatureSize
        + 64;

    /// <summary>Version, policy, serial, genTime, accuracy and header of the TSTInfo, generously.</summary>
    private const int TstInfoOverhead = 256;

    /// <summary>Writes the TSTInfo and hashes the signed attributes over it.</summary>
    /// <param name="buffer">At least <see cref="BufferSize"/> octets.</param>
    /// <param name="policyPrefix">version and policy, encoded.</param>
    /// <param name="serial">Content octets of the INTEGER.</param>
    /// <param name="accuracy">Whole encoding.</param>
    /// <param name="messageDigest">Takes the digest of the TSTInfo, for <see cref="Complete"/>.</param>
    /// <param name="toBeSigned">Takes the digest to be signed.</param>
    /// <returns>The length of the TSTInfo.</returns>
    public int Begin(
        Span<byte> buffer,
        in TimeStampQuery query,
        ReadOnlySpan<byte> policyPrefix,
        ReadOnlySpan<byte> serial,
        DateTime genTime,
        ReadOnlySpan<byte> accuracy,
        Span<byte> messageDigest,
        Span<byte> toBeSigned
    )
    {
        Span<byte> time = stackalloc byte[GenTime.MaxLength];
        time = time[..GenTime.Write(time, genTime)];
        int content =
            policyPrefix.Length + query.MessageImprint.Length + 2 + serial.Length + time.Length + accuracy.Length + query.Nonce.Length;

        Span<byte> rest = buffer[HeaderRoom..];
        rest = rest[DerLength.Write(rest, Sequence, content)..];
        Append(ref rest, policyPrefix);
        Append(ref rest, query.MessageImprint);
        rest[0] = Integer;
        rest[1] = (byte)serial.Length;
        rest = rest[2..];
        Append(ref rest, serial);
        Append(ref rest, time);
        Append(ref rest, accuracy);
        Append(ref rest, query.Nonce);
        int length = Der.TotalLength(content);

        CryptographicOperations.HashData(_hash, buffer.Slice(HeaderRoom, length), messageDigest);
        // The attributes are only hashed here; Complete writes them to their place, and these octets are overwritten.
        Span<byte> attributes = rest[.._signedAttributes.Length];
        _signedAttributes.CopyTo(attributes);
        messageDigest[.._digestLength].CopyTo(attributes[_digestOffset..]);
        CryptographicOperations.HashData(_hash, attributes, toBeSigned);
        return length;
    }

    /// <summary>Writes everything else around the TSTInfo.</summary>
    /// <param name="tstInfoLength">What <see cref="Begin"/> returned.</param>
    /// <param name="withCertificates">certReq of the query.</param>
    /// <returns>Where the TimeStampResp is in the buffer.</returns>
    public (int Offset, int Length) Complete(
        Span<byte> buffer,
        int tstInfoLength,
        ReadOnlySpan<byte> messageDigest,
        ReadOnlySpan<byte> signature,
        bool withCertificates
    )
    {
        int tail = HeaderRoom + tstInfoLength;
        Span<byte> rest = buffer[tail..];
        if (withCertificates)
        {
            Append(ref rest, _certificates);
        }

        int signer =
            _signerBeforeAttributes.Length + _signedAttributes.Length + _signatureAlgorithm.Length + Der.TotalLength(signature.Length);
        rest = rest[DerLength.Write(rest, Set, Der.TotalLength(signer))..];
        rest = rest[DerLength.Write(rest, Sequence, signer)..];
        Append(ref rest, _signerBeforeAttributes);
        Span<byte> attributes = rest;
        Append(ref rest, _signedAttributes);
        attributes[0] = Context0; // RFC 5652 §5.4: signed as SET OF, sent as [0] IMPLICIT
        messageDigest[.._digestLength].CopyTo(attributes[_digestOffset..]);
        Append(ref rest, _signatureAlgorithm);
        rest = rest[DerLength.Write(rest, OctetString, signature.Length)..];
        Append(ref rest, signature);

        int end = buffer.Length - rest.Length;
        int start = DerLength.WriteBefore(buffer, HeaderRoom, OctetString, tail - HeaderRoom);
        start = DerLength.WriteBefore(buffer, start, Context0, tail - start);
        start = DerLength.CopyBefore(buffer, start, TstInfoOid);
        start = DerLength.WriteBefore(buffer, start, Sequence, tail - start); // encapContentInfo
        start = DerLength.CopyBefore(buffer, start, _versionAndDigests);
        start = DerLength.WriteBefore(buffer, start, Sequence, end - start); // SignedData
        start = DerLength.WriteBefore(buffer, start, Context0, end - start);
        start = DerLength.CopyBefore(buffer, start, SignedDataOid);
        start = DerLength.WriteBefore(buffer, start, Sequence, end - start); // ContentInfo
        start = DerLength.CopyBefore(buffer, start, Granted);
        start = DerLength.WriteBefore(buffer, start, Sequence, end - start); // TimeStampResp
        return (start, end - start);
    }

    private static void Append(ref Span<byte> rest, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
