using System.Formats.Asn1;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>
/// What a CMS carries for its validation: certificates and revocation data, wherever signature formats of the years put them, also those
/// inside its time-stamps. Each value is kept as it is encoded, so that proofs of existence can be about it. What can't be read gives nothing;
/// whether it spoils the signature is the judge's question.
/// </summary>
public sealed class CmsMaterial
{
    // A time-stamp has unsigned attributes, too: tokens nested by the thousand must not exhaust the stack.
    private const int MaxDepth = 4;

    private readonly List<ReadOnlyMemory<byte>> _certificates = [];
    private readonly List<ReadOnlyMemory<byte>> _crls = [];
    private readonly List<ReadOnlyMemory<byte>> _ocspResponses = [];
    private readonly List<ReadOnlyMemory<byte>> _signatures = [];

    private CmsMaterial() { }

    /// <summary>What proofs of existence of the whole CMS are about: certificates, CRLs, OCSPResponses, and the values of its signatures.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Objects => [.. _certificates, .. _crls, .. _ocspResponses, .. _signatures];

    /// <summary>Everything in a CMS.</summary>
    public static CmsMaterial Of(SignedData signedData)
    {
        var material = new CmsMaterial();
        material.Add(signedData, MaxDepth);
        return material;
    }

    /// <summary>Of a part of a CMS, such as an archive time-stamp covers.</summary>
    /// <param name="crls">RevocationInfoChoice values.</param>
    public static CmsMaterial Of(
        IEnumerable<ReadOnlyMemory<byte>> certificates,
        IEnumerable<ReadOnlyMemory<byte>> crls,
        IEnumerable<CmsAttribute> attributes
    )
    {
        var material = new CmsMaterial();
        material.Add(certificates, crls, attributes, MaxDepth);
        return material;
    }

    /// <summary>The time-stamp tokens over the signature or all of it, in order; those that can't be read are left out.</summary>
    public static IReadOnlyList<TimeStampToken> TimeStampsOf(SignerInfo signer) =>
        [
            .. signer
                .UnsignedAttributes.Where(a => a.Oid is Oids.SignatureTimeStampToken or Oids.ArchiveTimestampV3)
                .SelectMany(a => a.Values)
                .Select(TryToken)
                .OfType<TimeStampToken>(),
        ];

    /// <summary>Puts the certificates and revocation data where a validation looks for them.</summary>
    public void AddTo(CollectedSource source) => source.TryAddAll(_certificates, _crls, _ocspResponses);

    private void Add(SignedData signedData, int depth)
    {
        _signatures.AddRange(signedData.SignerInfos.Select(signer => signer.Signature));
        Add(
            signedData.Certificates,
            signedData.Crls,
            signedData.SignerInfos.SelectMany(signer => SignedAttributesOf(signer).Concat(signer.UnsignedAttributes)),
            depth
        );
    }

    private void Add(
        IEnumerable<ReadOnlyMemory<byte>> certificates,
        IEnumerable<ReadOnlyMemory<byte>> crls,
        IEnumerable<CmsAttribute> attributes,
        int depth
    )
    {
        _certificates.AddRange(certificates);
        foreach (var choice in crls)
        {
            Read(() => Add(choice));
        }

        // Signers have put each of them among signed and unsigned attributes alike.
        foreach (var attribute in attributes)
        {
            foreach (var value in attribute.Values)
            {
                Read(() => Add(attribute.Oid, value, depth));
            }
        }
    }

    /// <summary>RFC 5652 §10.2.1: a CertificateList, or [1] with its format named (RFC 5940 §2.1 for OCSP).</summary>
    private void Add(ReadOnlyMemory<byte> choice)
    {
        if (!RevocationInfoChoice.IsOther(choice))
        {
            _crls.Add(choice);
        }
        else if (RevocationInfoChoice.OcspResponseOf(choice) is { } response)
        {
            _ocspResponses.Add(response);
        }
    }

    private void Add(string oid, ReadOnlyMemory<byte> value, int depth)
    {
        switch (oid)
        {
            case Oids.CertificateValues: // CertificateValues ::= SEQUENCE OF Certificate
                _certificates.AddRange(ValuesOf(new AsnReader(value, AsnEncodingRules.BER).ReadSequence()));
                break;
            case Oids.RevocationValues:
                // RevocationValues ::= SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL,
                //   ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] … }
                AddTagged(value, basic => RevocationInfoChoice.WrapBasic(basic));
                break;
            case Oids.RevocationInfoArchival:
                // RevocationInfoArchival ::= SEQUENCE { crl [0] SEQUENCE OF CRL OPTIONAL, ocsp [1] SEQUENCE OF OCSPResponse OPTIONAL,
                //   otherRevInfo [2] … }
                AddTagged(value, response => response);
                break;
            case Oids.SignatureTimeStampToken or Oids.ArchiveTimestampV3 or Oids.ContentTimeStamp when depth > 0:
                Add(SignedData.Decode(value), depth - 1);
                break;
        }
    }

    private void AddTagged(ReadOnlyMemory<byte> value, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> toOcspResponse)
    {
        var sequence = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag is not { TagClass: TagClass.ContextSpecific, TagValue: 0 or 1 })
            {
                sequence.ReadEncodedValue();
                continue;
            }

            var values = ValuesOf(sequence.ReadSequence(tag).ReadSequence()); // [n] EXPLICIT SEQUENCE OF
            (tag.TagValue == 0 ? _crls : _ocspResponses).AddRange(tag.TagValue == 0 ? values : values.Select(toOcspResponse));
        }
    }

    private static List<ReadOnlyMemory<byte>> ValuesOf(AsnReader sequence)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        while (sequence.HasData)
        {
            values.Add(sequence.ReadEncodedValue());
        }

        return values;
    }

    private static IReadOnlyList<CmsAttribute> SignedAttributesOf(SignerInfo signer)
    {
        IReadOnlyList<CmsAttribute> attributes = [];
        Read(() => attributes = signer.DecodeSignedAttributes());
        return attributes;
    }

    private static TimeStampToken? TryToken(ReadOnlyMemory<byte> value)
    {
        TimeStampToken? token = null;
        Read(() => token = TimeStampToken.Decode(value));
        return token;
    }

    private static void Read(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is AsnContentException or MalformedException)
        {
            return; // as if it were not there
        }
    }
}
