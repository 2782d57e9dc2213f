using System.Security.Cryptography;
using EContract.Hsm.Keys;

namespace EContract.Hsm.Vault;

/// <summary>One digest for <see cref="Vault.SignAsync"/>.</summary>
public readonly record struct DigestToSign(ReadOnlyMemory<byte> Digest, HashAlgorithmName Hash, SignatureScheme Scheme);
