using EContract.Ca.Store;
using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Ca.Authorities;

/// <summary>A CA as this node knows it: immutable; <see cref="AuthorityRegistry"/> replaces it when the database has news.</summary>
/// <param name="Chain">The CA's own certificate first, then its issuers up to the root.</param>
/// <param name="Issuing">Whether it is the newest of its group: older ones only answer for what they issued.</param>
public sealed record Authority(
    string Id,
    string Group,
    Certificate Certificate,
    IReadOnlyList<Certificate> Chain,
    string KeyLabel,
    bool Online,
    bool Issuing,
    int Shards,
    bool DeltaCrl,
    string? OcspKeyLabel,
    Certificate? OcspCertificate,
    ReadOnlyMemory<byte>? OfflineCrl,
    AuthorityUrls Urls
)
{
    internal static Authority From(AuthorityRow row, IReadOnlyList<Certificate> chain, bool issuing) =>
        new(
            row.Id,
            row.GroupName,
            chain[0],
            chain,
            row.KeyLabel,
            row.Online,
            issuing,
            row.Shards,
            row.DeltaCrl,
            row.OcspKeyLabel,
            row.OcspCertificate is { } responder ? Certificate.Decode(responder) : null,
            row.OfflineCrl is { } crl ? new ReadOnlyMemory<byte>(crl) : (ReadOnlyMemory<byte>?)null,
            new(row.BaseUrl)
        );

    /// <summary>Whether nothing differs, bytes compared with bytes.</summary>
    internal bool IsSame(Authority other) =>
        (Group, KeyLabel, Online, Issuing, Shards, DeltaCrl, OcspKeyLabel, Urls)
            == (other.Group, other.KeyLabel, other.Online, other.Issuing, other.Shards, other.DeltaCrl, other.OcspKeyLabel, other.Urls)
        && Chain.Select(c => c.Encoded).SequenceEqual(other.Chain.Select(c => c.Encoded), Bytes)
        && Bytes.Equals(OcspCertificate?.Encoded ?? default, other.OcspCertificate?.Encoded ?? default)
        && Bytes.Equals(OfflineCrl ?? default, other.OfflineCrl ?? default);

    private static readonly EqualityComparer<ReadOnlyMemory<byte>> Bytes = EqualityComparer<ReadOnlyMemory<byte>>.Create(
        (a, b) => a.Span.SequenceEqual(b.Span)
    );

    public IssuerIdentity ToIssuer(SignatureAlgorithm signature) => IssuerIdentity.Of(Id, Certificate, signature);
}
