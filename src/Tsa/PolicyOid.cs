using EContract.Pki.Asn1;

namespace EContract.Tsa;

/// <summary>Policy identifiers in dotted form.</summary>
internal static class PolicyOid
{
    private const int MaxEncoded = 100;

    public static bool IsWellFormed(string dotted)
    {
        try
        {
            return dotted.Length <= 4 * MaxEncoded && Der.Encode(writer => writer.WriteObjectIdentifier(dotted)).Length <= MaxEncoded;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
