using EContract.Ca.Profiles;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Ca.Ceremony;

/// <summary>Finds everything that is wrong with a script before a key is made.</summary>
internal static class CeremonyScriptValidator
{
    public static IReadOnlyList<string> Validate(CeremonyScript script, ProfileCatalogue profiles, HierarchyFile? existing)
    {
        var errors = new List<string>();
        if (!IsName(script.Ceremony))
        {
            errors.Add("ceremony is not kebab-case");
        }

        if (script.Operators.Count == 0)
        {
            errors.Add("operators is empty");
        }

        if (!Uri.TryCreate(script.BaseUrl, UriKind.Absolute, out var url) || url.Scheme != "http" || script.BaseUrl.EndsWith('/'))
        {
            errors.Add("base_url is not an absolute http address without a trailing slash");
        }

        if (existing is not null && existing.BaseUrl != script.BaseUrl)
        {
            errors.Add("base_url differs from that of the earlier ceremony");
        }

        var authorities = (existing?.Authorities.Select(a => a.Id) ?? []).ToHashSet(StringComparer.Ordinal);
        var ids = authorities.Concat(existing?.Certificates.Select(c => c.Id) ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var authority in script.Authorities)
        {
            CheckAuthority(authority, authorities, ids, profiles, errors);
            authorities.Add(authority.Id);
        }

        foreach (var responder in script.Responders)
        {
            CheckId(responder.Id, ids, errors);
            CheckReference(responder.Id, responder.Authority, authorities, errors);
            CheckProfile(responder.Id, responder.Profile, false, profiles, errors);
            CheckSubject(responder.Id, responder.Subject, errors);
            CheckKey(responder.Id, responder.Key, fileAllowed: false, keptAllowed: true, errors);
        }

        foreach (var certificate in script.Certificates)
        {
            CheckId(certificate.Id, ids, errors);
            CheckReference(certificate.Id, certificate.Issuer, authorities, errors);
            CheckProfile(certificate.Id, certificate.Profile, false, profiles, errors);
            CheckSubject(certificate.Id, certificate.Subject, errors);
            CheckKey(certificate.Id, certificate.Key, fileAllowed: true, keptAllowed: true, errors);
        }

        foreach (var cross in script.CrossCertificates)
        {
            CheckId(cross.Id, ids, errors);
            CheckReference(cross.Id, cross.Issuer, authorities, errors);
            CheckReference(cross.Id, cross.Subject, authorities, errors);
            CheckProfile(cross.Id, cross.Profile, true, profiles, errors);
        }

        foreach (var id in script.Crls.Concat(script.Revocations.SelectMany(r => new[] { r.Authority, r.Certificate })))
        {
            CheckReference("crls and revocations", id, authorities, errors);
        }

        foreach (var revocation in script.Revocations.Where(r => !Enum.TryParse<CrlReason>(r.Reason, true, out _)))
        {
            errors.Add($"revocation of {revocation.Certificate}: unknown reason {revocation.Reason}");
        }

        return errors;
    }

    private static void CheckAuthority(
        AuthorityScript authority,
        HashSet<string> authorities,
        HashSet<string> ids,
        ProfileCatalogue profiles,
        List<string> errors
    )
    {
        CheckId(authority.Id, ids, errors);
        CheckProfile(authority.Id, authority.Profile, true, profiles, errors);
        CheckSubject(authority.Id, authority.Subject, errors);
        CheckKey(authority.Id, authority.Key, fileAllowed: false, keptAllowed: false, errors);
        if (authority.Issuer is { } issuer)
        {
            CheckReference(authority.Id, issuer, authorities, errors);
        }

        if (authority.Shards is < 1 or > 1024)
        {
            errors.Add($"{authority.Id}: shards is not between 1 and 1024");
        }

        if (authority.Ocsp is { } ocsp)
        {
            CheckProfile(authority.Id, ocsp.Profile, false, profiles, errors);
            CheckSubject(authority.Id, ocsp.Subject, errors);
            CheckKey(authority.Id, ocsp.Key, fileAllowed: false, keptAllowed: false, errors);
        }
    }

    private static void CheckId(string id, HashSet<string> ids, List<string> errors)
    {
        if (!IsName(id))
        {
            errors.Add($"{id}: the id is not kebab-case");
        }

        if (!ids.Add(id))
        {
            errors.Add($"{id}: the id is taken");
        }
    }

    private static void CheckReference(string id, string authority, HashSet<string> authorities, List<string> errors)
    {
        if (!authorities.Contains(authority))
        {
            errors.Add($"{id}: there is no authority {authority} before it");
        }
    }

    private static void CheckProfile(string id, string name, bool authority, ProfileCatalogue profiles, List<string> errors)
    {
        if (!profiles.Contains(name))
        {
            errors.Add($"{id}: there is no profile {name}");
        }
        else if (profiles.Get(name).IsCertificateAuthority != authority)
        {
            errors.Add($"{id}: profile {name} is {(authority ? "not " : "")}for a CA");
        }
    }

    private static void CheckSubject(string id, IReadOnlyList<IReadOnlyList<string>> subject, List<string> errors)
    {
        if (subject.Count == 0 || subject.Any(a => a.Count != 2 || !AttributeNames.TryGetOid(a[0], out _) || a[1].Length == 0))
        {
            errors.Add($"{id}: the subject is not a list of attributes and values");
        }
    }

    private static void CheckKey(string id, KeyScript key, bool fileAllowed, bool keptAllowed, List<string> errors)
    {
        if (key.Kept && !keptAllowed)
        {
            errors.Add($"{id}: a new authority has a new key");
        }

        if ((key.Token is null) == (key.File is null) || (key.File is not null && !fileAllowed))
        {
            errors.Add(fileAllowed ? $"{id}: the key needs either a token label or a file" : $"{id}: the key needs a token label");
        }

        if (key.File is { } file && (Path.IsPathRooted(file) || file.Split('/').Contains("..")))
        {
            errors.Add($"{id}: the key's file must be below the output directory");
        }
    }

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
