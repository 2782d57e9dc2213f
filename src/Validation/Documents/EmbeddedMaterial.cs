using System.Formats.Asn1;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Validation.Sources;

namespace EContract.Validation.Documents;

/// <summary>
/// The certificates and revocation data that a SignedData carries, wherever signature formats of the years put them. Each value is returned
/// as it is encoded, so that proofs of existence can be about it.
/// </summary>
internal sealed class EmbeddedMaterial
{
    public List<ReadOnlyMemory<byte>> Certificates { get; } = [];

    public List<ReadOnlyMemory<byte>> Crls { get; } = [];

    public List<ReadOnlyMemory<byte>> OcspResponses { get; } = [];

    public IEnumerable<ReadOnlyMemory<byte>> All => [.. Certificates, .. Crls, .. OcspResponses];

    public static EmbeddedMaterial Of(SignedData signedData)
    {
        var material = new EmbeddedMaterial();
        material.Certificates.AddRange(signedData.Certificates);
        foreach (var choice in signedData.Crls)
        {
            material.AddRevocationInfo(choice);
        }

        foreach (var signer in signedData.SignerInfos)
        {
            material.AddUnsigned(signer.UnsignedAttributes);
            material.AddSigned(signer);
        }

        return material;
    }

    /// <summary>What unsigned attributes carry.</summary>
    public static EmbeddedMaterial OfAttributes(IEnumerable<CmsAttribute> unsigned)
    {
        var material = new EmbeddedMaterial();
        material.AddUnsigned(unsigned);
        return material;
    }

    public void AddTo(CollectedSource collected)
    {
        foreach (var certificate in Certificates)
        {
            collected.TryAddCertificate(certificate);
        }

        foreach (var crl in Crls)
        {
            collected.TryAddCrl(crl);
        }

        foreach (var answer in OcspResponses)
        {
            collected.TryAddOcspResponse(answer);
        }
    }

    /// <summary>RFC 5652 §10.2.1: a CertificateList, or [1] with its format named (RFC 5940 §2.1 for OCSP).</summary>
    public void AddRevocationInfo(ReadOnlyMemory<byte> choice)
    {
        if (!RevocationInfoChoice.IsOther(choice))
        {
            Crls.Add(choice);
            return;
        }

        try
        {
            if (RevocationInfoChoice.OcspResponseOf(choice) is { } answer)
            {
                OcspResponses.Add(answer);
            }
        }
        catch (MalformedException)
        {
            return; // optional: the verdict says what is missing
        }
    }

    private void AddUnsigned(IEnumerable<CmsAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            foreach (var value in attribute.Values)
            {
                switch (attribute.Oid)
                {
                    case Oids.CertificateValues: // CertificateValues ::= SEQUENCE OF Certificate
                        Read(value, reader => Each(reader.ReadSequence(), Certificates));
                        break;
                    case Oids.RevocationValues:
                        Read(value, ReadRevocationValues);
                        break;
                    default:
                        break;
                }
            }
        }
    }

    private void AddSigned(SignerInfo signer)
    {
        try
        {
            foreach (var attribute in signer.DecodeSignedAttributes().Where(a => a.Oid == Oids.RevocationInfoArchival))
            {
                attribute.Values.ToList().ForEach(value => Read(value, ReadArchival));
            }
        }
        catch (MalformedException)
        {
            // Format checking says so.
        }
    }

    // RevocationValues ::= SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL, ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, … }
    private void ReadRevocationValues(AsnReader reader)
    {
        foreach (var (tag, values) in Tagged(reader.ReadSequence()))
        {
            if (tag == 0)
            {
                Each(values.ReadSequence(), Crls);
            }
            else if (tag == 1)
            {
                var basics = new List<ReadOnlyMemory<byte>>();
                Each(values.ReadSequence(), basics);
                OcspResponses.AddRange(basics.Select(basic => (ReadOnlyMemory<byte>)RevocationInfoChoice.WrapBasic(basic)));
            }
        }
    }

    // RevocationInfoArchival ::= SEQUENCE { crl [0] SEQUENCE OF CRLs OPTIONAL, ocsp [1] SEQUENCE OF OCSPResponse OPTIONAL, … }
    private void ReadArchival(AsnReader reader)
    {
        foreach (var (tag, values) in Tagged(reader.ReadSequence()))
        {
            if (tag is 0 or 1)
            {
                Each(values.ReadSequence(), tag == 0 ? Crls : OcspResponses);
            }
        }
    }

    private static IEnumerable<(int Tag, AsnReader Values)> Tagged(AsnReader sequence)
    {
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            yield return (tag.TagValue, sequence.ReadSequence(tag));
        }
    }

    private static void Each(AsnReader sequence, List<ReadOnlyMemory<byte>> values)
    {
        while (sequence.HasData)
        {
            values.Add(sequence.ReadEncodedValue());
        }
    }

    // Unsigned and optional: what can't be read is as if it were not there, and the verdict says what is missing.
    private static void Read(ReadOnlyMemory<byte> value, Action<AsnReader> read)
    {
        try
        {
            read(new AsnReader(value, AsnEncodingRules.BER));
        }
        catch (AsnContentException)
        {
            return;
        }
    }
}
