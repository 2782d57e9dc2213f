using System.Formats.Asn1;

namespace EContract.Pki.Cms;

/// <summary>The signed attributes made here.</summary>
internal static class SignedAttributes
{
    /// <summary>DER SET OF with the universal tag: the octets that are signed (RFC 5652 §5.4).</summary>
    public static byte[] Encode(ReadOnlySpan<byte> contentDigest, CmsAttribute signingCertificate, CadesAttributes attributes)
    {
        byte[] digest = contentDigest.ToArray();
        return Asn1.Der.Encode(writer =>
        {
            using (writer.PushSetOf())
            {
                CmsAttribute.Create(Oids.ContentType, w => w.WriteObjectIdentifier(attributes.ContentType)).Encode(writer);
                CmsAttribute.Create(Oids.MessageDigest, w => w.WriteOctetString(digest)).Encode(writer);
                signingCertificate.Encode(writer);
                if (attributes.SigningTime is { } time)
                {
                    CmsAttribute.Create(Oids.SigningTime, w => WriteTime(w, time)).Encode(writer);
                }

                if (attributes.CommitmentType is { } commitment)
                {
                    CmsAttribute.Create(Oids.CommitmentTypeIndication, w => WriteCommitment(w, commitment)).Encode(writer);
                }
            }
        });
    }

    // RFC 5652 §11.3: UTCTime through 2049, GeneralizedTime from 2050, seconds always, fractions never
    private static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year is >= 1950 and < 2050)
        {
            writer.WriteUtcTime(time);
        }
        else
        {
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    }

    // ETSI EN 319 122-1 §5.2.3:
    // CommitmentTypeIndication ::= SEQUENCE { commitmentTypeId OBJECT IDENTIFIER, commitmentTypeQualifier SEQUENCE OF … OPTIONAL }
    private static void WriteCommitment(AsnWriter writer, string commitment)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(commitment);
        }
    }
}
