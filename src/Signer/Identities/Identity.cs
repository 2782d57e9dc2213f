using System.Security.Cryptography;

namespace EContract.Signer.Identities;

/// <summary>Makes identities that can't be guessed, so that asking for one tells nothing about others.</summary>
public static class Identity
{
    // Crockford's base 32: no letters that read like digits, case does not matter on the telephone.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    // 26 characters of 5 bits: 130 random bits.
    private const int Length = 26;

    public static T New<T>()
        where T : struct, IIdentity<T> => T.Named($"{T.Prefix}_{RandomNumberGenerator.GetString(Alphabet, Length)}");

    /// <summary>Whether a text from a caller names an object of this kind.</summary>
    public static bool Names<T>(string value)
        where T : struct, IIdentity<T> =>
        value.StartsWith(T.Prefix, StringComparison.Ordinal) && value.AsSpan(T.Prefix.Length).StartsWith("_");
}
