using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Under which policies the certificate was issued.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.4:
/// <code>
/// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
/// </code>
/// </remarks>
public sealed record CertificatePolicies(IReadOnlyList<PolicyInformation> Policies)
{
    private const string Clause = "RFC 5280 §4.2.1.4";

    public Extension ToExtension() => new(Oids.CertificatePolicies, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var policy in Policies)
            {
                policy.Encode(writer);
            }
        }
    }

    public static CertificatePolicies Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var policies = new List<PolicyInformation>();
                while (sequence.HasData)
                {
                    var policy = PolicyInformation.Decode(sequence);
                    if (policies.Exists(p => p.PolicyIdentifier == policy.PolicyIdentifier))
                    {
                        throw new MalformedException(Clause, "a policy appears twice");
                    }

                    policies.Add(policy);
                }

                return policies.Count > 0
                    ? new CertificatePolicies(policies)
                    : throw new MalformedException(Clause, "no PolicyInformation");
            }
        );
}
