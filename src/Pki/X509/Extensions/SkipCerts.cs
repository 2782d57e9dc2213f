using System.Formats.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary><c>SkipCerts ::= INTEGER (0..MAX)</c> (RFC 5280 §4.2.1.11).</summary>
internal static class SkipCerts
{
    /// <summary>Values beyond any path's length are all the same.</summary>
    public static int Read(AsnReader reader, string clause, Asn1Tag? tag = null)
    {
        var value = reader.ReadInteger(tag);
        return value.Sign >= 0
            ? (int)System.Numerics.BigInteger.Min(value, int.MaxValue)
            : throw new MalformedException(clause, "SkipCerts is negative");
    }
}
