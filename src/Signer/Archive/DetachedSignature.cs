using System.Security.Cryptography;

namespace EContract.Signer.Archive;

/// <summary>A signature or time-stamp of a document that is not here.</summary>
/// <param name="Cms">CMS or token, DER.</param>
/// <param name="Digest">Of the bytes that it covers.</param>
public sealed record DetachedSignature(ReadOnlyMemory<byte> Cms, HashAlgorithmName Hash, ReadOnlyMemory<byte> Digest);
