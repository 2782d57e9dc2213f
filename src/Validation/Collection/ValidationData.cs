using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>Certificates and revocation data that keep signatures verifiable, each once, and what could not be had.</summary>
public sealed class ValidationData
{
    private readonly HashSet<Certificate> _certificates = [];
    private readonly HashSet<OcspAnswer> _ocspResponses = [];
    private readonly Dictionary<string, CertificateRevocationList> _crls = [];
    private readonly List<MissingData> _missing = [];
    private readonly List<RevokedFinding> _revoked = [];

    /// <summary>Of all chains, anchors not among them.</summary>
    public IReadOnlyCollection<Certificate> Certificates => _certificates;

    public IReadOnlyCollection<OcspAnswer> OcspResponses => _ocspResponses;

    public IReadOnlyCollection<CertificateRevocationList> Crls => _crls.Values;

    public IReadOnlyList<MissingData> Missing => _missing;

    public IReadOnlyList<RevokedFinding> Revoked => _revoked;

    public bool IsComplete => _missing.Count == 0;

    internal void Add(Certificate certificate) => _certificates.Add(certificate);

    internal void Add(OcspAnswer answer) => _ocspResponses.Add(answer);

    internal void Add(CertificateRevocationList crl) =>
        _crls.TryAdd(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(crl.Encoded.Span)), crl);

    internal void Add(MissingData missing) => _missing.Add(missing);

    internal void Add(RevokedFinding revoked) => _revoked.Add(revoked);

    /// <summary>Takes over what was collected for another signature.</summary>
    public void UnionWith(ValidationData other)
    {
        _certificates.UnionWith(other._certificates);
        _ocspResponses.UnionWith(other._ocspResponses);
        foreach (var crl in other.Crls)
        {
            Add(crl);
        }

        _missing.AddRange(other._missing.Except(_missing));
        _revoked.AddRange(other._revoked.Except(_revoked));
    }
}
