namespace EContract.Pki.X509;

/// <summary>The short names of naming attributes (RFC 4514 §3, X.520): how profiles and people write them.</summary>
public static class AttributeNames
{
    private static readonly (string Name, string Oid)[] Known =
    [
        ("CN", Oids.CommonName),
        ("SURNAME", Oids.Surname),
        ("GIVENNAME", Oids.GivenName),
        ("SERIALNUMBER", Oids.SerialNumberAttribute),
        ("C", Oids.CountryName),
        ("L", Oids.LocalityName),
        ("ST", Oids.StateOrProvinceName),
        ("STREET", Oids.StreetAddress),
        ("O", Oids.OrganizationName),
        ("OU", Oids.OrganizationalUnitName),
        ("TITLE", Oids.Title),
        ("DNQUALIFIER", Oids.DnQualifier),
        ("PSEUDONYM", Oids.Pseudonym),
        ("ORGANIZATIONIDENTIFIER", Oids.OrganizationIdentifier),
        ("DC", Oids.DomainComponent),
        ("E", Oids.EmailAddress),
    ];

    /// <summary>"CN" for 2.5.4.3; the dotted OID if it has no short name here.</summary>
    public static string ShortName(string oid)
    {
        foreach (var (name, known) in Known)
        {
            if (known == oid)
            {
                return name;
            }
        }

        return oid;
    }

    /// <summary>The OID of a short name (any case) or of a dotted OID.</summary>
    public static bool TryGetOid(string name, out string oid)
    {
        foreach (var (known, value) in Known)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                oid = value;
                return true;
            }
        }

        oid = name;
        return name.Length > 2 && name.All(c => char.IsAsciiDigit(c) || c == '.') && name.Contains('.');
    }
}
