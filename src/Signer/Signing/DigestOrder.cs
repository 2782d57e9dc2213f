using System.Security.Cryptography;

namespace EContract.Signer.Signing;

/// <summary>A signature over a digest; what it is the digest of stays with the caller.</summary>
/// <param name="Name">As the subscriber reads it in the message.</param>
/// <param name="Digest">As long as <paramref name="Hash"/> says.</param>
/// <param name="Content">For an attached CAdES signature: the content itself.</param>
public sealed record DigestOrder(
    string Name,
    HashAlgorithmName Hash,
    byte[] Digest,
    byte[]? Content,
    ItemFormat Format,
    string Role,
    ItemLevel Level,
    bool Pss
) : SigningOrder(Role, Level, Pss);
