using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.Signer.Activation;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Delivery;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Parties;
using EContract.Signer.Signing;

namespace EContract.Signer;

/// <summary>Settings of the role, section <c>Signer</c>.</summary>
public sealed class SignerOptions
{
    public TokenKeyLabels Keys { get; set; } = new();

    /// <summary>What a subscriber's key is when the enrolment does not say (R11: RSA-3072).</summary>
    public KeyAlgorithm DefaultKeyAlgorithm { get; set; } = KeyAlgorithm.Rsa3072;

    /// <summary>How subscribers' keys are wrapped.</summary>
    public VaultOptions Vault { get; set; } = new();

    public PinPolicyOptions Pin { get; set; } = new();

    public OtpOptions Otp { get; set; } = new();

    public AttemptOptions Attempts { get; set; } = new();

    public DeliveryOptions Delivery { get; set; } = new();

    public SigningOptions Signing { get; set; } = new();

    public SealOptions Seal { get; set; } = new();

    public PartyOptions Parties { get; set; } = new();

    public DocumentOptions Documents { get; set; } = new();

    public ArchiveOptions Archive { get; set; } = new();

    public EvidenceOptions Evidence { get; set; } = new();

    public JobOptions Jobs { get; set; } = new();
}
