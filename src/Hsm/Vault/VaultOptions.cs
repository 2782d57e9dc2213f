using System.ComponentModel.DataAnnotations;

namespace EContract.Hsm.Vault;

public sealed class VaultOptions
{
    /// <summary>
    /// Rounds of PBKDF2-HMAC-SHA-512 for new blobs; about 20 ms on one core of 2026 by default. Guessing needs the token
    /// as well, so this only slows down somebody who has stolen both. Old blobs keep their number until re-wrapped.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Rounds { get; set; } = 30_000;

    /// <summary>
    /// Which signatures of wrapped keys are verified with the blob's public key before release. Less than
    /// <see cref="SignatureCheck.Always"/> is for a caller that verifies each of them itself before release.
    /// </summary>
    public SignatureCheck SignatureCheck { get; set; } = SignatureCheck.Always;
}
