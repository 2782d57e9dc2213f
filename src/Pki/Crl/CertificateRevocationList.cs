using System.Formats.Asn1;
using System.Numerics;
using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Crl;

/// <summary>A CRL as received. Entries are read one at a time with <see cref="ReadEntries"/>: a large list is not held twice.</summary>
/// <remarks>
/// RFC 5280 §5.1:
/// <code>
/// CertificateList ::= SEQUENCE {
///   tbsCertList         TBSCertList,
///   signatureAlgorithm  AlgorithmIdentifier,
///   signatureValue      BIT STRING }
/// </code>
/// </remarks>
public sealed class CertificateRevocationList
{
    private const string Clause = "RFC 5280 §5.1";
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private ReadOnlyMemory<byte> _revokedCertificates;

    private CertificateRevocationList(ReadOnlyMemory<byte> encoded, SignedObject signed)
    {
        Encoded = encoded;
        Signed = signed;
    }

    public ReadOnlyMemory<byte> Encoded { get; }

    public SignedObject Signed { get; }

    /// <summary>1 or 2.</summary>
    public int Version { get; private init; }

    public DistinguishedName Issuer { get; private init; } = null!;

    public DateTimeOffset ThisUpdate { get; private init; }

    /// <summary>RFC 5280 requires it; X.509 does not.</summary>
    public DateTimeOffset? NextUpdate { get; private init; }

    public IReadOnlyList<Extension> Extensions { get; private init; } = [];

    /// <summary>RFC 5280 §5.2.3; null if absent.</summary>
    public BigInteger? CrlNumber => ReadInteger(Oids.CrlNumber);

    /// <summary>The number of the complete CRL that this delta builds on (RFC 5280 §5.2.4); null for a complete CRL.</summary>
    public BigInteger? BaseCrlNumber => ReadInteger(Oids.DeltaCrlIndicator);

    public IssuingDistributionPoint? IssuingDistributionPoint =>
        Extensions.Find(Oids.IssuingDistributionPoint) is { } e ? Crl.IssuingDistributionPoint.Decode(e.Value) : null;

    /// <summary>Reads the outer fields and checks the form of every entry.</summary>
    /// <exception cref="MalformedException">These are not the DER bytes of a CRL.</exception>
    public static CertificateRevocationList Decode(ReadOnlyMemory<byte> encoded)
    {
        var signed = SignedObject.Decode(encoded, Clause);
        var crl = Der.Decode(signed.ToBeSigned, Clause, reader => DecodeTbs(reader, encoded, signed));
        foreach (var entry in crl.ReadEntries())
        {
            if (crl.Version == 1 && entry.Extensions.Count > 0)
            {
                throw new MalformedException("RFC 5280 §5.1.2.1", "entry extensions in a v1 CRL");
            }
        }

        // Read once here, so that the properties can't throw later.
        _ = (crl.CrlNumber, crl.BaseCrlNumber, crl.IssuingDistributionPoint);
        return crl;
    }

    private static CertificateRevocationList DecodeTbs(AsnReader reader, ReadOnlyMemory<byte> encoded, SignedObject signed)
    {
        var tbs = reader.ReadSequence();
        var version = 1;
        if (tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            version =
                tbs.TryReadInt32(out var value) && value == 1 ? 2 : throw new MalformedException("RFC 5280 §5.1.2.1", "version is not v2");
        }

        if (!AlgorithmIdentifier.Decode(tbs).Equals(signed.SignatureAlgorithm))
        {
            throw new MalformedException("RFC 5280 §5.1.1.2", "signatureAlgorithm differs from the signature field in tbsCertList");
        }

        var issuer = DistinguishedName.Decode(tbs);
        var thisUpdate = CertificateTime.Decode(tbs);
        var hasNext =
            tbs.HasData
            && (tbs.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || tbs.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime));
        DateTimeOffset? nextUpdate = hasNext ? CertificateTime.Decode(tbs) : null;
        ReadOnlyMemory<byte> revoked = default;
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            revoked = tbs.ReadEncodedValue();
        }

        IReadOnlyList<Extension> extensions = [];
        if (tbs.HasData)
        {
            var wrapper = tbs.ReadSequence(ExtensionsTag);
            extensions = ExtensionList.Decode(wrapper, "RFC 5280 §5.2");
            wrapper.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
        if (version == 1 && extensions.Count > 0)
        {
            throw new MalformedException("RFC 5280 §5.1.2.1", "extensions in a v1 CRL");
        }

        return new(encoded, signed)
        {
            Version = version,
            Issuer = issuer,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
            Extensions = extensions,
            _revokedCertificates = revoked,
        };
    }

    /// <summary>The entries in their order.</summary>
    public IEnumerable<RevokedCertificate> ReadEntries()
    {
        if (_revokedCertificates.IsEmpty)
        {
            yield break;
        }

        var entries = new AsnReader(_revokedCertificates, AsnEncodingRules.DER).ReadSequence();
        while (entries.HasData)
        {
            RevokedCertificate entry;
            try
            {
                entry = RevokedCertificate.Decode(entries);
            }
            catch (AsnContentException e)
            {
                throw new MalformedException("RFC 5280 §5.1.2.6", e.Message, e);
            }

            yield return entry;
        }
    }

    public bool IsSignedBy(SubjectPublicKeyInfo key) => Signed.IsSignedBy(key);

    private BigInteger? ReadInteger(string oid) =>
        Extensions.Find(oid) is { } extension ? Der.Decode(extension.Value, "RFC 5280 §5.2.3", r => r.ReadInteger()) : null;
}
