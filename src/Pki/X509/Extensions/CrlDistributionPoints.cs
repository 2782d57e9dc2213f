using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Where to fetch the CRLs that cover the certificate; the same syntax serves FreshestCRL (RFC 5280 §4.2.1.15).</summary>
/// <remarks>
/// RFC 5280 §4.2.1.13:
/// <code>
/// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
/// </code>
/// </remarks>
public sealed record CrlDistributionPoints(IReadOnlyList<DistributionPoint> Points)
{
    private const string Clause = "RFC 5280 §4.2.1.13";

    public Extension ToExtension() => new(Oids.CrlDistributionPoints, false, Der.Encode(Encode));

    public Extension ToFreshestCrl() => new(Oids.FreshestCrl, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var point in Points)
            {
                point.Encode(writer);
            }
        }
    }

    public static CrlDistributionPoints Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var points = new List<DistributionPoint>();
                while (sequence.HasData)
                {
                    points.Add(DistributionPoint.Decode(sequence));
                }

                return points.Count > 0 ? new CrlDistributionPoints(points) : throw new MalformedException(Clause, "no DistributionPoint");
            }
        );
}
