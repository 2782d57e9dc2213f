using EContract.Hsm.Keys;

namespace EContract.Ca.Ceremony;

/// <summary>Where a key is made: on the token under a label, or in a file (PKCS#8 PEM, TLS only), relative to the output directory.</summary>
/// <param name="Kept">The key is there and was certified by an earlier ceremony: its certificate is renewed.</param>
public sealed record KeyScript(KeyAlgorithm Algorithm, string? Token = null, string? File = null, bool Kept = false);
