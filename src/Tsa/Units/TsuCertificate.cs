using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hsm.Keys;
using EContract.Pki;

namespace EContract.Tsa.Units;

/// <summary>The certificate of a TSU with its chain, and the time in which its key may sign.</summary>
public sealed class TsuCertificate
{
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string PrivateKeyUsagePeriod = "2.5.29.16";
    private readonly X509Certificate2 _leaf;

    private TsuCertificate(IReadOnlyList<ReadOnlyMemory<byte>> chain, X509Certificate2 leaf)
    {
        Chain = chain;
        _leaf = leaf;
        NotBefore = leaf.NotBefore.ToUniversalTime();
        UsableUntil = leaf.NotAfter.ToUniversalTime();
        if (leaf.Extensions[PrivateKeyUsagePeriod] is { } period)
        {
            (DateTimeOffset? from, DateTimeOffset? until) = ReadPeriod(period.RawData);
            NotBefore = from > NotBefore ? from.Value : NotBefore;
            UsableUntil = until < UsableUntil ? until.Value : UsableUntil;
        }
    }

    /// <summary>DER; the TSU's own certificate first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; }

    public string Subject => _leaf.Subject;

    /// <summary>Hexadecimal.</summary>
    public string Serial => _leaf.SerialNumber;

    /// <summary>The certificate's, or the private key usage period's if that begins later.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>The end of the private key usage period (RFC 3280 §4.2.1.4), or of the certificate if that is earlier.</summary>
    public DateTimeOffset UsableUntil { get; }

    /// <summary>Reads PEM certificates, or one DER certificate.</summary>
    /// <exception cref="CryptographicException">Not a certificate.</exception>
    public static TsuCertificate Load(ReadOnlySpan<byte> file)
    {
        var collection = new X509Certificate2Collection();
        if (file.IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0)
        {
            collection.ImportFromPem(System.Text.Encoding.ASCII.GetString(file));
        }
        else
        {
            collection.Add(X509CertificateLoader.LoadCertificate(file));
        }

        if (collection.Count == 0)
        {
            throw new CryptographicException("No certificate is in the file.");
        }

        return new TsuCertificate([.. collection.Select(c => (ReadOnlyMemory<byte>)c.RawData)], collection[0]);
    }

    /// <summary>What is wrong with the certificate for this key at this time; empty when nothing is.</summary>
    public IEnumerable<string> Check(ISigningKey key, DateTimeOffset now)
    {
        if (!_leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.SubjectPublicKeyInfo.Span))
        {
            yield return $"the certificate {Subject} is for another key than '{key.Label}'";
        }

        // RFC 3161 §2.3: "The corresponding certificate MUST contain only one instance of the extended key usage field extension
        // … with KeyPurposeID having value: id-kp-timeStamping. This extension MUST be critical."
        X509Extension[] purposes = [.. _leaf.Extensions.Where(e => e.Oid?.Value == ExtendedKeyUsage)];
        if (
            purposes is not [X509EnhancedKeyUsageExtension { Critical: true } purpose]
            || purpose.EnhancedKeyUsages is not { Count: 1 } usages
            || usages[0].Value != Oids.TimeStampingEku
        )
        {
            yield return $"the certificate {Subject} lacks the critical extended key usage timeStamping, alone (RFC 3161 2.3)";
        }

        // ETSI EN 319 422 §6: digitalSignature and/or nonRepudiation
        const X509KeyUsageFlags signing = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation;
        if (
            _leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && ((usage.KeyUsages & signing) == 0 || (usage.KeyUsages & ~signing) != 0)
        )
        {
            yield return $"the certificate {Subject} has a key usage other than digitalSignature or nonRepudiation";
        }

        if (now >= UsableUntil)
        {
            yield return $"the certificate {Subject} or its private key usage period ended at {UsableUntil:u}";
        }
    }

    private static (DateTimeOffset? From, DateTimeOffset? Until) ReadPeriod(byte[] extension)
    {
        var notBefore = new Asn1Tag(TagClass.ContextSpecific, 0);
        var notAfter = new Asn1Tag(TagClass.ContextSpecific, 1);
        return Pki.Asn1.Der.Decode<(DateTimeOffset?, DateTimeOffset?)>(
            extension,
            "RFC 3280 §4.2.1.4",
            reader =>
            {
                AsnReader sequence = reader.ReadSequence();
                DateTimeOffset? from =
                    sequence.HasData && sequence.PeekTag().HasSameClassAndValue(notBefore)
                        ? sequence.ReadGeneralizedTime(notBefore)
                        : default(DateTimeOffset?);
                DateTimeOffset? until = sequence.HasData ? sequence.ReadGeneralizedTime(notAfter) : default(DateTimeOffset?);
                sequence.ThrowIfNotEmpty();
                return (from, until);
            }
        );
    }
}
