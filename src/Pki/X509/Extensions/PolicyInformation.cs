using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>One policy with, optionally, where its practice statement is. Other qualifiers are read over.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.4:
/// <code>
/// PolicyInformation ::= SEQUENCE {
///   policyIdentifier   CertPolicyId,
///   policyQualifiers   SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY DEFINED BY policyQualifierId }
/// CPSuri ::= IA5String
/// </code>
/// </remarks>
public sealed record PolicyInformation(string PolicyIdentifier, string? CpsUri = null)
{
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(PolicyIdentifier);
            if (CpsUri is { } uri)
            {
                using (writer.PushSequence()) // policyQualifiers
                using (writer.PushSequence()) // PolicyQualifierInfo
                {
                    writer.WriteObjectIdentifier(Oids.QualifierCps);
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, uri);
                }
            }
        }
    }

    public static PolicyInformation Decode(AsnReader reader)
    {
        const string clause = "RFC 5280 §4.2.1.4";
        var sequence = reader.ReadSequence();
        var policy = sequence.ReadObjectIdentifier();
        string? cps = null;
        if (sequence.HasData)
        {
            var qualifiers = sequence.ReadSequence();
            if (!qualifiers.HasData)
            {
                throw new MalformedException(clause, "policyQualifiers is empty");
            }

            while (qualifiers.HasData)
            {
                var qualifier = qualifiers.ReadSequence();
                if (qualifier.ReadObjectIdentifier() == Oids.QualifierCps)
                {
                    cps = qualifier.ReadCharacterString(UniversalTagNumber.IA5String);
                }
                else if (qualifier.HasData)
                {
                    qualifier.ReadEncodedValue();
                }

                qualifier.ThrowIfNotEmpty();
            }
        }

        sequence.ThrowIfNotEmpty();
        return new(policy, cps);
    }
}
