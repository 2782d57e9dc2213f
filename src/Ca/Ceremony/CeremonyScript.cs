namespace EContract.Ca.Ceremony;

/// <summary>What a ceremony does: reviewed before, followed to the letter, named in the transcript by its SHA-256.</summary>
public sealed record CeremonyScript
{
    /// <summary>Unique name, e.g. "production-2026": kebab-case.</summary>
    public required string Ceremony { get; init; }

    /// <summary>Who is present.</summary>
    public required IReadOnlyList<string> Operators { get; init; }

    /// <summary>Public address of the repository, without a trailing slash; goes into certificates.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>CAs in the order in which they are made: each issuer before what it certifies.</summary>
    public IReadOnlyList<AuthorityScript> Authorities { get; init; } = [];

    /// <summary>New certificates for OCSP responders of CAs of earlier ceremonies.</summary>
    public IReadOnlyList<ResponderRenewalScript> Responders { get; init; } = [];

    public IReadOnlyList<CertificateScript> Certificates { get; init; } = [];

    /// <summary>Certificates for CA keys that exist, by another CA: how a new root takes over.</summary>
    public IReadOnlyList<CrossCertificateScript> CrossCertificates { get; init; } = [];

    /// <summary>Issuing CAs whose certificates an offline CA revokes.</summary>
    public IReadOnlyList<RevocationScript> Revocations { get; init; } = [];

    /// <summary>Offline authorities of earlier ceremonies that issue a new CRL.</summary>
    public IReadOnlyList<string> Crls { get; init; } = [];
}
