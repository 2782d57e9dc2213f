using System.Formats.Asn1;
using System.Numerics;
using EContract.Pki.X509;

namespace EContract.Pki.Crl;

/// <summary>
/// Builds the to-be-signed bytes of a version 2 CRL from entries given one at a time, so that a CRL of a million entries costs
/// little more memory than its own bytes.
/// </summary>
/// <remarks>
/// RFC 5280 §5.1:
/// <code>
/// TBSCertList ::= SEQUENCE {
///   version             Version OPTIONAL,   -- v2
///   signature           AlgorithmIdentifier,
///   issuer              Name,
///   thisUpdate          Time,
///   nextUpdate          Time OPTIONAL,
///   revokedCertificates SEQUENCE OF SEQUENCE { … } OPTIONAL,
///   crlExtensions   [0] Extensions OPTIONAL }
/// </code>
/// </remarks>
public sealed class TbsCertListWriter(
    AlgorithmIdentifier signature,
    DistinguishedName issuer,
    DateTimeOffset thisUpdate,
    DateTimeOffset nextUpdate
)
{
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private readonly ByteBuffer _entries = new();
    private readonly AsnWriter _entry = new(AsnEncodingRules.DER, 128);
    private readonly List<Extension> _extensions = [];

    public int Count { get; private set; }

    public void Add(RevokedCertificate entry)
    {
        _entry.Reset();
        entry.Encode(_entry);
        _entry.Encode(_entries.GetSpan(_entry.GetEncodedLength()));
        _entries.Advance(_entry.GetEncodedLength());
        Count++;
    }

    public void Add(Extension extension) => _extensions.Add(extension);

    /// <summary>RFC 5280 §5.2.3: monotonically increasing, at most 20 octets.</summary>
    public void AddCrlNumber(BigInteger number) => _extensions.Add(new(Oids.CrlNumber, false, EncodeInteger(number)));

    /// <summary>RFC 5280 §5.2.4: makes this a delta to the complete CRL of that number.</summary>
    public void AddDeltaCrlIndicator(BigInteger baseNumber) =>
        _extensions.Add(new(Oids.DeltaCrlIndicator, true, EncodeInteger(baseNumber)));

    private static byte[] EncodeInteger(BigInteger value) => Asn1.Der.Encode(w => w.WriteInteger(value));

    /// <summary>The exact bytes to sign. The entries' buffer is released.</summary>
    public PreparedCrl Prepare()
    {
        var before = new AsnWriter(AsnEncodingRules.DER);
        before.WriteInteger(1);
        signature.Encode(before);
        issuer.Encode(before);
        CertificateTime.Encode(before, thisUpdate);
        CertificateTime.Encode(before, nextUpdate);

        var after = new AsnWriter(AsnEncodingRules.DER);
        if (_extensions.Count > 0)
        {
            using (after.PushSequence(ExtensionsTag))
            {
                ExtensionList.Encode(after, _extensions);
            }
        }

        // RFC 5280 §5.1.2.6: without entries the list must be absent. The two outer lengths are written by hand, since AsnWriter
        // would copy tens of megabytes at each level.
        var listLength = Count == 0 ? 0 : Asn1.Der.TotalLength(_entries.Length);
        var contentLength = before.GetEncodedLength() + listLength + after.GetEncodedLength();
        var tbs = new byte[Asn1.Der.TotalLength(contentLength)];
        var position = DerHeader.Write(tbs, DerHeader.Sequence, contentLength);
        position += before.Encode(tbs.AsSpan(position));
        if (Count > 0)
        {
            position += DerHeader.Write(tbs.AsSpan(position), DerHeader.Sequence, _entries.Length);
            _entries.CopyTo(tbs.AsSpan(position));
            position += _entries.Length;
        }

        _ = after.Encode(tbs.AsSpan(position));
        _entries.Clear();
        return new(signature, tbs);
    }
}
