using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Ca.Profiles;

/// <summary>Finds everything that is wrong with a profile, so that a start names all errors at once.</summary>
public static class ProfileValidator
{
    internal static readonly string[] KnownKeys = ["RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384"];
    private static readonly string[] KnownForms = ["email", "dns", "ip", "uri", "other"];
    private static readonly string[] KnownKinds = ["individual", "employee", "organisation"];

    private static readonly HashSet<string> KnownPlaceholders =
    [
        "name",
        "kana",
        "romanised_name",
        "email",
        "organisation",
        "organisation_romanised",
        "corporate_number",
        "department",
        "role",
        "subscriber_id",
        "customer_number",
        "base_url",
        "dns",
        "ip",
    ];

    public static IEnumerable<string> Validate(CertificateProfile profile) =>
        FindNameErrors(profile)
            .Concat(FindKeyErrors(profile))
            .Concat(FindCertificateAuthorityErrors(profile))
            .Concat(FindPurposeErrors(profile));

    private static IEnumerable<string> FindNameErrors(CertificateProfile profile)
    {
        if (profile.Name.Length == 0 || !profile.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return "name is not kebab-case";
        }

        foreach (var kind in profile.SubscriberKinds.Except(KnownKinds))
        {
            yield return $"unknown subscriber kind {kind}";
        }

        if (profile.SubscriberKinds.Count > 0 && profile.Subject.Count == 0)
        {
            yield return "a profile for subscribers must say the subject";
        }

        foreach (var attribute in profile.Subject.Where(a => !AttributeNames.TryGetOid(a.Type, out _)))
        {
            yield return $"unknown subject attribute {attribute.Type}";
        }

        foreach (var name in profile.SubjectAltNames)
        {
            if (!KnownForms.Contains(name.Form))
            {
                yield return $"unknown form {name.Form} in subject_alt_names";
            }

            if ((name.Form == "other") != (name.Oid is not null && IsOid(name.Oid)))
            {
                yield return $"an oid belongs to the form other, and only there ({name.Form})";
            }
        }

        var templates = profile.Subject.Select(a => a.Value).Concat(profile.SubjectAltNames.Select(n => n.Value));
        foreach (var unknown in templates.SelectMany(Placeholders.NamesIn).Where(n => !KnownPlaceholders.Contains(n)).Distinct())
        {
            yield return $"unknown placeholder {{{unknown}}}";
        }
    }

    private static IEnumerable<string> FindKeyErrors(CertificateProfile profile)
    {
        if (profile.Keys.Count == 0)
        {
            yield return "keys is empty";
        }

        foreach (var key in profile.Keys.Except(KnownKeys))
        {
            yield return $"unknown key {key}";
        }

        if (profile.Validity.Days is < 1 or > 36525)
        {
            yield return "validity.days is not between 1 and 36525";
        }

        if (profile.Validity.BackdateMinutes is < 0 or > 2880)
        {
            yield return "validity.backdate_minutes is not between 0 and 2880";
        }
    }

    private static IEnumerable<string> FindCertificateAuthorityErrors(CertificateProfile profile)
    {
        string? usageError = null;
        var usage = Pki.X509.Extensions.KeyUsages.None;
        try
        {
            usage = profile.ParseKeyUsage();
        }
        catch (FormatException e)
        {
            usageError = e.Message;
        }

        if (usageError is not null)
        {
            yield return usageError;
        }

        if (profile.KeyUsage.Count == 0)
        {
            yield return "key_usage is empty";
        }

        // RFC 5280 §4.2.1.9: keyCertSign exactly for CAs.
        if (usage.HasFlag(Pki.X509.Extensions.KeyUsages.KeyCertSign) != profile.IsCertificateAuthority)
        {
            yield return "keyCertSign and basic_constraints.ca do not agree";
        }

        if (profile.BasicConstraints is { Ca: false, PathLength: not null } or { PathLength: < 0 })
        {
            yield return "path_length belongs to CAs and is not negative";
        }
    }

    private static IEnumerable<string> FindPurposeErrors(CertificateProfile profile)
    {
        foreach (var oid in (profile.ExtendedKeyUsage?.Purposes ?? []).Concat(profile.Policies.Select(p => p.Oid)).Where(o => !IsOid(o)))
        {
            yield return $"{oid} is not an OID";
        }

        foreach (var statement in profile.QcStatements.Where(q => !IsOid(q.Oid) || !IsHex(q.InfoHex)))
        {
            yield return $"qc statement {statement.Oid} is not an OID with hexadecimal info";
        }

        var purposes = profile.ExtendedKeyUsage?.Purposes ?? [];
        // RFC 3161 §2.3: id-kp-timeStamping is the only purpose, and critical.
        if (purposes.Contains(Oids.TimeStamping) && (purposes.Count != 1 || !profile.ExtendedKeyUsage!.Critical))
        {
            yield return "timeStamping must be the sole purpose and critical (RFC 3161 §2.3)";
        }

        if (profile.OcspNoCheck && !purposes.Contains(Oids.OcspSigning))
        {
            yield return "ocsp_no_check belongs to OCSP responders";
        }
    }

    private static bool IsOid(string text) => text.Contains('.') && text.All(c => char.IsAsciiDigit(c) || c == '.');

    private static bool IsHex(string? text) => text is null || (text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit));
}
