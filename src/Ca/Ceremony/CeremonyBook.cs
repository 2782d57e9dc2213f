using System.Text;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Ca.Ceremony;

/// <summary>Keeps what a ceremony has made, as files and as the growing <see cref="HierarchyFile"/>. Adding twice is harmless: a resumed run does so.</summary>
internal sealed class CeremonyBook(string directory, HierarchyFile hierarchy)
{
    private readonly Dictionary<string, Certificate> _certificates = new(StringComparer.Ordinal);

    public HierarchyFile Hierarchy { get; private set; } = hierarchy;

    public Certificate CertificateOf(string authority)
    {
        if (!_certificates.TryGetValue(authority, out var certificate))
        {
            var entry = Hierarchy.Authorities.First(a => a.Id == authority);
            certificate = Certificate.Decode(File.ReadAllBytes(Path.Combine(directory, entry.Certificate)));
            _certificates[authority] = certificate;
        }

        return certificate;
    }

    /// <summary>An authority's certificate and those of its issuers up to the root.</summary>
    public IReadOnlyList<Certificate> ChainOf(string authority)
    {
        var chain = new List<Certificate>();
        for (string? id = authority; id is not null; id = Hierarchy.Authorities.First(a => a.Id == id).Issuer)
        {
            chain.Add(CertificateOf(id));
        }

        return chain;
    }

    public void Add(AuthorityScript authority, Certificate certificate, string profile)
    {
        var path = WriteCertificate(authority.Id, certificate, authority.Issuer);
        if (Hierarchy.Authorities.Any(a => a.Id == authority.Id))
        {
            return;
        }

        var sequence = Hierarchy.Authorities.Where(a => a.Group == authority.Group).Select(a => a.Sequence).DefaultIfEmpty(0).Max() + 1;
        var entry = new HierarchyAuthority(
            authority.Id,
            authority.Group,
            authority.Issuer,
            path,
            authority.Key.Token!,
            authority.Online,
            authority.Shards,
            authority.DeltaCrl,
            sequence,
            CrlDays: authority.CrlDays
        );
        Hierarchy = Hierarchy with { Authorities = [.. Hierarchy.Authorities, entry] };
        AddIssued(authority.Id, authority.Issuer ?? authority.Id, profile, path);
    }

    /// <summary>The responder that answers for an authority from now on.</summary>
    public void AddResponder(string authority, string id, KeyScript key, string profile, Certificate certificate)
    {
        var path = WriteCertificate(id, certificate, authority);
        Replace(authority, a => a with { OcspKeyLabel = key.Token, OcspCertificate = path });
        AddIssued(id, authority, profile, path);
    }

    /// <summary>Whether a certificate of a ceremony is for this key.</summary>
    public bool IsCertified(ReadOnlyMemory<byte> subjectPublicKeyInfo) =>
        Hierarchy
            .Certificates.Select(c => Certificate.Decode(File.ReadAllBytes(Path.Combine(directory, c.Certificate))))
            .Any(c => c.Tbs.SubjectPublicKeyInfo.Encoded.Span.SequenceEqual(subjectPublicKeyInfo.Span));

    public void Add(CertificateScript script, Certificate certificate)
    {
        var path = WriteCertificate(script.Id, certificate, script.Issuer);
        if (script.Certificate is { } file)
        {
            DurableFile.Write(Path.Combine(directory, file), Encoding.ASCII.GetBytes(ToPemChain(certificate, script.Issuer)));
        }

        AddIssued(script.Id, script.Issuer, script.Profile, path);
    }

    public void Add(CrossCertificateScript script, Certificate certificate) =>
        AddIssued(script.Id, script.Issuer, script.Profile, WriteCertificate(script.Id, certificate, script.Issuer));

    public void Revoke(RevocationScript script, DateTimeOffset time)
    {
        var serial = CertificateOf(script.Certificate).Tbs.SerialNumber.ToString();
        var entry = Hierarchy.Authorities.First(a => a.Id == script.Authority);
        if (entry.Revoked?.Any(r => r.SerialNumber == serial) != true)
        {
            var revocation = new HierarchyRevocation(
                serial,
                CertificateTime.Truncate(time),
                Enum.Parse<CrlReason>(script.Reason, ignoreCase: true)
            );
            Replace(script.Authority, a => a with { Revoked = [.. a.Revoked ?? [], revocation] });
        }
    }

    public void AddCrl(string authority, byte[] crl, long number)
    {
        var path = $"pki/{authority}.crl";
        DurableFile.Write(Path.Combine(directory, path), crl);
        Replace(authority, a => a with { Crl = path, CrlNumber = number });
    }

    /// <summary>pki/{id}.cer (DER) and pki/{id}.pem (with the chain up to, not including, the root).</summary>
    private string WriteCertificate(string id, Certificate certificate, string? issuer)
    {
        _certificates[id] = certificate;
        DurableFile.Write(Path.Combine(directory, $"pki/{id}.cer"), certificate.Encoded.Span);
        DurableFile.Write(Path.Combine(directory, $"pki/{id}.pem"), Encoding.ASCII.GetBytes(ToPemChain(certificate, issuer)));
        return $"pki/{id}.cer";
    }

    private string ToPemChain(Certificate certificate, string? issuer)
    {
        var pem = new StringBuilder(certificate.ToPem());
        while (issuer is not null)
        {
            var entry = Hierarchy.Authorities.First(a => a.Id == issuer);
            if (entry.Issuer is not null)
            {
                pem.Append(CertificateOf(issuer).ToPem());
            }

            issuer = entry.Issuer;
        }

        return pem.ToString();
    }

    private void AddIssued(string id, string authority, string profile, string path)
    {
        if (!Hierarchy.Certificates.Any(c => c.Id == id))
        {
            Hierarchy = Hierarchy with { Certificates = [.. Hierarchy.Certificates, new(id, authority, profile, path)] };
        }
    }

    private void Replace(string authority, Func<HierarchyAuthority, HierarchyAuthority> change) =>
        Hierarchy = Hierarchy with { Authorities = [.. Hierarchy.Authorities.Select(a => a.Id == authority ? change(a) : a)] };
}
