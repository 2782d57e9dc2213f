using EContract.Signer.Archive.Locations;
using EContract.Validation.Collection;
using EContract.Validation.Online;

namespace EContract.Signer.Archive;

/// <summary>Long-term preservation, section <c>Signer:Archive</c>.</summary>
public sealed class ArchiveOptions
{
    /// <summary>
    /// PEM or DER files, or folders of <c>*.cer</c>, <c>*.crt</c>, <c>*.pem</c>: where chains must end. With none, the levels B-LT and B-LTA
    /// are not to be had.
    /// </summary>
    public IList<string> TrustAnchors { get; } = [];

    /// <summary>Certificates and CRLs (<c>*.crl</c>) that documents may lack and that need not be fetched; files or folders.</summary>
    public IList<string> KnownData { get; } = [];

    /// <summary>Fetching of OCSP responses, CRLs and CA certificates.</summary>
    public OnlineOptions Online { get; set; } = new();

    public RevocationFreshness Freshness { get; set; } = RevocationFreshness.AtSignature;

    /// <summary>With <see cref="RevocationFreshness.AfterSignature"/>: how long after the signature the data must be made.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.Zero;

    /// <summary>Also writes which data belong to which signature (the VRI dictionary); hardly any reader needs it.</summary>
    public bool WriteVri { get; set; }

    /// <summary>SHA256, SHA384 or SHA512: what archive time-stamps are made over.</summary>
    public string DigestAlgorithm { get; set; } = "SHA512";

    /// <summary>File of the validation policy: sunset dates of algorithms, constraints; null: the built-in one.</summary>
    public string? Policy { get; set; }

    /// <summary>How long before its deadline a document should be renewed.</summary>
    public TimeSpan RenewBefore { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Where registered documents lie.</summary>
    public LocationOptions Locations { get; set; } = new();

    /// <summary>How long a node may hold a document that it renews; after that the node counts as lost.</summary>
    public TimeSpan RenewalLease { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time-stamps that archive work on this node asks for at the same time; signing is not counted.</summary>
    public int MaxTimestamps { get; set; } = 4;

    /// <summary>Largest CAdES signature that is augmented, in bytes; it is held in memory.</summary>
    public int MaxCmsSize { get; set; } = 16 * 1024 * 1024;
}
