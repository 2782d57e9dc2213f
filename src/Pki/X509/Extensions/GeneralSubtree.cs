using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>A part of a name space. RFC 5280 fixes minimum at 0 and leaves maximum out.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.10:
/// <code>
/// GeneralSubtree ::= SEQUENCE {
///   base         GeneralName,
///   minimum  [0] BaseDistance DEFAULT 0,
///   maximum  [1] BaseDistance OPTIONAL }
/// </code>
/// </remarks>
public sealed record GeneralSubtree(GeneralName Base)
{
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Base.Encode(writer);
        }
    }

    public static GeneralSubtree Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var subtree = new GeneralSubtree(GeneralName.Decode(sequence));
        return sequence.HasData
            ? throw new MalformedException("RFC 5280 §4.2.1.10", "minimum and maximum are not used in GeneralSubtree")
            : subtree;
    }
}
