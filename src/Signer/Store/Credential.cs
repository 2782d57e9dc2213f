using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>A subscriber's key, wrapped under his PIN, and its certificate.</summary>
public sealed class Credential
{
    public required CredentialId Id { get; init; }

    public required SubscriberId SubscriberId { get; init; }

    public required CertificateApplicationId ApplicationId { get; init; }

    public required EnrollmentId EnrollmentId { get; init; }

    public required CredentialState State { get; set; }

    /// <summary>certificateHold: suspends whatever <see cref="State"/> says.</summary>
    public bool OnHold { get; set; }

    /// <summary>An organisation's seal.</summary>
    public required bool Seal { get; init; }

    /// <summary>As shown in documents (R9): 氏名, or the organisation's registered name.</summary>
    public required string Name { get; init; }

    /// <summary>Where one-time passwords go: fixed at enrolment, so that a changed address needs a re-issue (R13).</summary>
    public string? Email { get; init; }

    /// <summary>E.164.</summary>
    public string? Mobile { get; init; }

    /// <summary>Everything by which the approved data name an organisation; empty for a private person.</summary>
    public string[] Organisations { get; init; } = [];

    public required OtpMethod OtpMethod { get; set; }

    public required KeyAlgorithm KeyAlgorithm { get; init; }

    /// <summary>The vault's blob: useless without the PIN and the token.</summary>
    public required byte[] WrappedKey { get; set; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>PKCS#10, DER.</summary>
    public required byte[] CertificationRequest { get; init; }

    /// <summary>Upper-case hexadecimal.</summary>
    public string? SerialNumber { get; set; }

    /// <summary>X.509, DER.</summary>
    public byte[]? Certificate { get; set; }

    /// <summary>Issuer first, DER.</summary>
    public byte[][] Chain { get; set; } = [];

    public string? Subject { get; set; }

    public DateTimeOffset? NotAfter { get; set; }

    /// <summary>Wrong attempts in a row, counted before they are tried (R7).</summary>
    public int FailedAttempts { get; set; }

    /// <summary>The certificate that this one replaces: revoked as superseded once this one is accepted (R13).</summary>
    public string? ReplacesSerialNumber { get; init; }

    /// <summary>When the replaced certificate's revocation was done.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateTimeOffset? LockedAt { get; set; }
}
