using System.Formats.Asn1;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>Takes out of a CMS what a validation may need: certificates and revocation data, wherever standards have put them, also those inside its time-stamps.</summary>
public static class CmsMaterial
{
    private const int MaxDepth = 4;

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>Everything that can be read; what can't is left out.</summary>
    public static void AddTo(CollectedSource source, SignedData signedData) => AddTo(source, signedData, MaxDepth);

    /// <summary>The time-stamp tokens over the signature or all of it, in order; those that can't be read are left out.</summary>
    public static IReadOnlyList<TimeStampToken> TimeStampsOf(SignerInfo signer) =>
        [
            .. signer
                .UnsignedAttributes.Where(a => a.Oid is Oids.SignatureTimeStampToken or Oids.ArchiveTimestampV3)
                .SelectMany(a => a.Values)
                .Select(TryToken)
                .OfType<TimeStampToken>(),
        ];

    private static void AddTo(CollectedSource source, SignedData signedData, int depth)
    {
        foreach (var certificate in signedData.Certificates)
        {
            source.TryAddCertificate(certificate);
        }

        foreach (var choice in signedData.Crls)
        {
            AddChoice(source, choice);
        }

        foreach (var signer in signedData.SignerInfos)
        {
            foreach (var attribute in SignedAttributesOf(signer).Concat(signer.UnsignedAttributes))
            {
                foreach (var value in attribute.Values)
                {
                    Add(source, attribute.Oid, value, depth);
                }
            }
        }
    }

    private static void Add(CollectedSource source, string oid, ReadOnlyMemory<byte> value, int depth)
    {
        try
        {
            switch (oid)
            {
                case Oids.CertificateValues:
                    ForEach(new AsnReader(value, AsnEncodingRules.BER).ReadSequence(), c => source.TryAddCertificate(c));
                    break;
                case Oids.RevocationValues:
                    // RevocationValues ::= SEQUENCE { crlVals [0], ocspVals [1] SEQUENCE OF BasicOCSPResponse, otherRevVals [2] }
                    ReadTagged(value, source, basic: true);
                    break;
                case Oids.RevocationInfoArchival:
                    // RevocationInfoArchival ::= SEQUENCE { crl [0], ocsp [1] SEQUENCE OF OCSPResponse, otherRevInfo [2] }
                    ReadTagged(value, source, basic: false);
                    break;
                case Oids.SignatureTimeStampToken or Oids.ArchiveTimestampV3 when depth > 0:
                    AddTo(source, SignedData.Decode(value), depth - 1);
                    break;
            }
        }
        catch (Exception e) when (e is AsnContentException or MalformedException)
        {
            // A value that can't be read gives nothing; whether it spoils the signature is the judge's question.
        }
    }

    private static void ReadTagged(ReadOnlyMemory<byte> value, CollectedSource source, bool basic)
    {
        var sequence = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (!tag.HasSameClassAndValue(Tag0) && !tag.HasSameClassAndValue(Tag1))
            {
                sequence.ReadEncodedValue();
                continue;
            }

            // [n] EXPLICIT SEQUENCE OF
            var list = sequence.ReadSequence(tag).ReadSequence();
            ForEach(
                list,
                tag.TagValue == 0
                    ? crl => source.TryAddCrl(crl)
                    : ocsp => source.TryAddOcspResponse(basic ? RevocationInfoChoice.WrapBasic(ocsp) : ocsp)
            );
        }
    }

    private static void AddChoice(CollectedSource source, ReadOnlyMemory<byte> choice)
    {
        try
        {
            if (!RevocationInfoChoice.IsOther(choice))
            {
                source.TryAddCrl(choice);
            }
            else if (RevocationInfoChoice.OcspResponseOf(choice) is { } ocsp)
            {
                source.TryAddOcspResponse(ocsp);
            }
        }
        catch (MalformedException)
        {
            // As above.
        }
    }

    private static IReadOnlyList<CmsAttribute> SignedAttributesOf(SignerInfo signer)
    {
        try
        {
            return signer.DecodeSignedAttributes();
        }
        catch (MalformedException)
        {
            return [];
        }
    }

    private static TimeStampToken? TryToken(ReadOnlyMemory<byte> value)
    {
        try
        {
            return TimeStampToken.Decode(value);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static void ForEach(AsnReader reader, Action<ReadOnlyMemory<byte>> use)
    {
        while (reader.HasData)
        {
            use(reader.ReadEncodedValue());
        }
    }
}
