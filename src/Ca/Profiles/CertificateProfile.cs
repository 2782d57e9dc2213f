using EContract.Pki.X509.Extensions;

namespace EContract.Ca.Profiles;

/// <summary>What a kind of certificate looks like: data, read from JSON and checked by <see cref="ProfileValidator"/> at start.</summary>
public sealed record CertificateProfile
{
    /// <summary>kebab-case; what applications and ceremony scripts name.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>The group of CAs that issues it, e.g. "subscribers": within a group the newest issuing key is used. "root" for the root's own and what it certifies.</summary>
    public required string Authority { get; init; }

    /// <summary>The kinds of subscribers it is for; empty: never issued on an application (ceremony only).</summary>
    public IReadOnlyList<string> SubscriberKinds { get; init; } = [];

    /// <summary>The subject's attributes in encoded order; empty: the ceremony script gives the subject.</summary>
    public IReadOnlyList<NameTemplate> Subject { get; init; } = [];

    public IReadOnlyList<AlternativeNameTemplate> SubjectAltNames { get; init; } = [];

    public required ValidityPolicy Validity { get; init; }

    /// <summary>"RSA-3072", "P-256" …; what the algorithm policy forbids stays forbidden.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    public BasicConstraintsPolicy? BasicConstraints { get; init; }

    /// <summary>RFC 5280 §4.2.1.3 names: digitalSignature, nonRepudiation …</summary>
    public required IReadOnlyList<string> KeyUsage { get; init; }

    public ExtendedKeyUsagePolicy? ExtendedKeyUsage { get; init; }

    public IReadOnlyList<PolicyTemplate> Policies { get; init; } = [];

    public CrlPolicy Crl { get; init; } = CrlPolicy.Full;

    public bool Ocsp { get; init; }

    public bool CaIssuers { get; init; }

    /// <summary>RFC 6960 §4.2.2.2.1; for OCSP responders only.</summary>
    public bool OcspNoCheck { get; init; }

    public IReadOnlyList<QcStatementTemplate> QcStatements { get; init; } = [];

    public bool IsCertificateAuthority => BasicConstraints is { Ca: true };

    /// <summary>OIDs that the operator answers for: policies, names of other forms, statements.</summary>
    public IEnumerable<string> NameOids() =>
        Policies.Select(p => p.Oid).Concat(SubjectAltNames.Select(n => n.Oid).OfType<string>()).Concat(QcStatements.Select(q => q.Oid));

    /// <exception cref="FormatException">A name that RFC 5280 doesn't have; <see cref="ProfileValidator"/> finds it at start.</exception>
    public KeyUsages ParseKeyUsage() =>
        KeyUsage.Aggregate(
            KeyUsages.None,
            (sum, name) =>
                Enum.TryParse<KeyUsages>(name, ignoreCase: true, out var usage) && !char.IsAsciiDigit(name[0])
                    ? sum | usage
                    : throw new FormatException($"unknown key usage {name}")
        );
}
