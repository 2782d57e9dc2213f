using System.Numerics;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Hosting.Callers.Revocation;

/// <summary>A complete CRL whose signature by one of the callers' CAs was verified, with its entries by serial number.</summary>
internal sealed class TrustedCrl
{
    private readonly HashSet<SerialNumber> _revoked;

    private TrustedCrl(CertificateRevocationList crl)
    {
        Issuer = crl.Issuer.Encoded;
        Number = crl.CrlNumber;
        ThisUpdate = crl.ThisUpdate;
        NextUpdate = crl.NextUpdate!.Value;
        _revoked = [.. crl.ReadEntries().Where(entry => entry.Reason != CrlReason.RemoveFromCrl).Select(entry => entry.SerialNumber)];
    }

    /// <summary>DER Name.</summary>
    public ReadOnlyMemory<byte> Issuer { get; }

    public BigInteger? Number { get; }

    public DateTimeOffset ThisUpdate { get; }

    public DateTimeOffset NextUpdate { get; }

    public bool Lists(SerialNumber serial) => _revoked.Contains(serial);

    /// <param name="encoded">DER.</param>
    /// <param name="anchors">Certificates of the CAs that issue callers' certificates.</param>
    /// <exception cref="MalformedException">This is no CRL, or none that can be believed for all certificates of its issuer.</exception>
    public static TrustedCrl Read(ReadOnlyMemory<byte> encoded, IEnumerable<Certificate> anchors)
    {
        var crl = CertificateRevocationList.Decode(encoded);
        if (
            !anchors.Any(anchor =>
                anchor.Tbs.Subject.Encoded.Span.SequenceEqual(crl.Issuer.Encoded.Span)
                && crl.Signed.IsSignedBy(anchor.Tbs.SubjectPublicKeyInfo)
            )
        )
        {
            throw new MalformedException("RFC 5280 §6.3.3 (g)", "the list is not signed by a CA of the client anchors");
        }

        if (crl.BaseCrlNumber is not null)
        {
            throw new MalformedException("RFC 5280 §5.2.4", "a delta list does not tell of all certificates");
        }

        // RFC 5280 §5.2.5: the scope. A shard or an indirect list would let revoked callers in, or foreign ones out.
        if (
            crl.IssuingDistributionPoint is { } scope
            && (scope.OnlyContainsCACerts || scope.OnlyContainsAttributeCerts || scope.IndirectCrl || scope.OnlySomeReasons is not null)
        )
        {
            throw new MalformedException("RFC 5280 §5.2.5", "the list does not tell of all end-entity certificates of its issuer");
        }

        return crl.NextUpdate is null
            ? throw new MalformedException("RFC 5280 §5.1.2.5", "nextUpdate is missing: nobody knows how long the list may be believed")
            : new TrustedCrl(crl);
    }
}
