using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Reads and writes <c>GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName</c> (RFC 5280 §4.2.1.6).</summary>
public static class GeneralNames
{
    public static void Encode(AsnWriter writer, IReadOnlyList<GeneralName> names, Asn1Tag? tag = null)
    {
        using (writer.PushSequence(tag))
        {
            foreach (var name in names)
            {
                name.Encode(writer);
            }
        }
    }

    public static IReadOnlyList<GeneralName> Decode(AsnReader reader, string clause, Asn1Tag? tag = null)
    {
        var sequence = reader.ReadSequence(tag);
        var names = new List<GeneralName>();
        while (sequence.HasData)
        {
            names.Add(GeneralName.Decode(sequence));
        }

        return names.Count > 0 ? names : throw new MalformedException(clause, "GeneralNames is empty");
    }
}
