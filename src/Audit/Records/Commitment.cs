using System.Security.Cryptography;
using System.Text;

namespace EContract.Audit.Records;

/// <summary>
/// How the chain refers to what is kept beside it. Personal data: with 32 random octets of salt, so that after the salt is erased
/// nobody can find the value by trying names. Attachments: plainly by SHA-256, as anyone who holds the file can compute it.
/// </summary>
public static class Commitment
{
    public const int SaltSize = 32;
    public const string PersonalPrefix = "personal.";
    public const string AttachmentPrefix = "attachment.";

    /// <summary>Lower-case hexadecimal SHA-256(salt ‖ length of name as one octet pair ‖ name ‖ value), texts in UTF-8.</summary>
    public static string OfPersonal(ReadOnlySpan<byte> salt, string name, string value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var utf8Name = Encoding.UTF8.GetBytes(name);
        hash.AppendData(salt);
        hash.AppendData([(byte)(utf8Name.Length >> 8), (byte)utf8Name.Length]);
        hash.AppendData(utf8Name);
        hash.AppendData(Encoding.UTF8.GetBytes(value));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Lower-case hexadecimal SHA-256.</summary>
    public static string OfAttachment(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
