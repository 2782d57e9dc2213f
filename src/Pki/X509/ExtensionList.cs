using System.Formats.Asn1;

namespace EContract.Pki.X509;

/// <summary>Reads and writes <c>Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension</c> (RFC 5280 §4.1).</summary>
public static class ExtensionList
{
    public static void Encode(AsnWriter writer, IReadOnlyList<Extension> extensions)
    {
        using (writer.PushSequence())
        {
            foreach (var extension in extensions)
            {
                extension.Encode(writer);
            }
        }
    }

    public static IReadOnlyList<Extension> Decode(AsnReader reader, string clause)
    {
        var sequence = reader.ReadSequence();
        var extensions = new List<Extension>();
        while (sequence.HasData)
        {
            var extension = Extension.Decode(sequence);
            // RFC 5280 §4.2: no more than one instance of a particular extension.
            if (extensions.Exists(e => e.Oid == extension.Oid))
            {
                throw new MalformedException(clause, $"extension {extension.Oid} appears twice");
            }

            extensions.Add(extension);
        }

        return extensions.Count > 0 ? extensions : throw new MalformedException(clause, "Extensions is empty");
    }

    public static Extension? Find(this IReadOnlyList<Extension> extensions, string oid)
    {
        foreach (var extension in extensions)
        {
            if (extension.Oid == oid)
            {
                return extension;
            }
        }

        return null;
    }
}
