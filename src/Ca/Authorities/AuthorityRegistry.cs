using System.Collections.Frozen;
using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki.X509;

namespace EContract.Ca.Authorities;

/// <summary>The authorities and their keys. What a new ceremony added is taken up without a restart.</summary>
public sealed class AuthorityRegistry(CaDatabase database, IKeyStore keys)
{
    private volatile FrozenDictionary<string, Authority> _authorities = FrozenDictionary<string, Authority>.Empty;

    public IEnumerable<Authority> All => _authorities.Values.OrderBy(a => a.Id, StringComparer.Ordinal);

    public Authority? Find(string id) => _authorities.GetValueOrDefault(id);

    /// <exception cref="ServiceException"><see cref="Fault.IssuerNotFound"/>.</exception>
    public Authority Get(string id) =>
        Find(id) ?? throw new ServiceException(Fault.IssuerNotFound, "there is no such authority", ("authority", id));

    /// <summary>The authority that issues now in a group.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.IssuerNotActive"/>.</exception>
    public Authority GetIssuing(string group) =>
        _authorities.Values.FirstOrDefault(a => a.Group == group && a.Issuing)
        ?? throw new ServiceException(Fault.IssuerNotActive, $"no authority issues for {group}", ("group", group));

    /// <exception cref="ServiceException"><see cref="Fault.TokenKeyMissing"/>; <see cref="Fault.IssuerNotActive"/> for an offline CA.</exception>
    public async Task<ISigningKey> GetKeyAsync(Authority authority, CancellationToken cancellationToken) =>
        authority.Online
            ? await GetKeyAsync(authority.KeyLabel, authority.Certificate, cancellationToken)
            : throw new ServiceException(Fault.IssuerNotActive, $"authority {authority.Id} is offline");

    /// <summary>The token's key of that label, which must be the certificate's.</summary>
    public async Task<ISigningKey> GetKeyAsync(string label, Certificate certificate, CancellationToken cancellationToken)
    {
        var key =
            await keys.FindAsync(label, cancellationToken)
            ?? throw new ServiceException(Fault.TokenKeyMissing, $"the token has no key {label}", ("label", label));
        return key.SubjectPublicKeyInfo.Span.SequenceEqual(certificate.Tbs.SubjectPublicKeyInfo.Encoded.Span)
            ? key
            : throw new ServiceException(
                Fault.TokenKeyMissing,
                $"the token's key {label} is not that of its certificate",
                ("label", label)
            );
    }

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(context => context.ListAuthoritiesAsync(cancellationToken), cancellationToken);
        var byId = rows.ToDictionary(r => r.Id, StringComparer.Ordinal);
        var newest = rows.Where(r => r.Online).GroupBy(r => r.GroupName).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Sequence)!.Id);
        _authorities = rows.ToFrozenDictionary(
            r => r.Id,
            r => Keep(r, byId, newest.GetValueOrDefault(r.GroupName) == r.Id),
            StringComparer.Ordinal
        );
    }

    /// <summary>The same object while nothing has changed: what was computed for it, and answers made with it, stay good.</summary>
    private Authority Keep(AuthorityRow row, Dictionary<string, AuthorityRow> rows, bool issuing)
    {
        var found = Authority.From(row, BuildChain(row, rows), issuing);
        return _authorities.TryGetValue(row.Id, out var known) && known.IsSame(found) ? known : found;
    }

    private static List<Certificate> BuildChain(AuthorityRow row, Dictionary<string, AuthorityRow> rows)
    {
        var chain = new List<Certificate>();
        for (
            var next = row;
            next is not null && chain.Count <= rows.Count;
            next = next.Issuer is { } issuer ? rows.GetValueOrDefault(issuer) : null
        )
        {
            chain.Add(Certificate.Decode(next.Certificate));
        }

        return chain;
    }
}
