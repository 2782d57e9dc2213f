using System.Text;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;

namespace EContract.Validation.Paths;

/// <summary>The name constraints of the CAs passed so far (permitted_subtrees and excluded_subtrees of RFC 5280 §6.1.2).</summary>
internal sealed class NameConstraintState
{
    // RFC 5280 §6.1.4 (g) intersects the permitted subtrees. A name lies in the intersection if it lies in each, so each is kept.
    private readonly List<NameConstraints> _constraints = [];

    // A bag of names against a bag of constraints is quadratic: bounded, as a hostile certificate could hold thousands of both.
    private int _comparisonsLeft = 100_000;

    public void Add(NameConstraints constraints) => _constraints.Add(constraints);

    /// <summary>Says which name of the certificate lies outside; null if all lie inside (RFC 5280 §6.1.3 (b), (c)).</summary>
    public string? FindViolation(Certificate certificate)
    {
        if (_constraints.Count == 0)
        {
            return null;
        }

        foreach (var name in NamesOf(certificate))
        {
            foreach (var constraints in _constraints)
            {
                if (constraints.Excluded.Any(subtree => Lies(name, subtree.Base)))
                {
                    return $"{name} is excluded";
                }

                var permitted = constraints.Permitted.Where(subtree => subtree.Base.Form == name.Form).ToList();
                if (permitted.Count > 0 && !permitted.Exists(subtree => Lies(name, subtree.Base)))
                {
                    return $"{name} is not permitted";
                }
            }
        }

        return null;
    }

    private static IEnumerable<GeneralName> NamesOf(Certificate certificate)
    {
        var tbs = certificate.Tbs;
        if (!tbs.Subject.IsEmpty)
        {
            yield return GeneralName.Directory(tbs.Subject);
        }

        var alternatives = tbs.Extensions.Find(Oids.SubjectAltName) is { } extension ? SubjectAltName.Decode(extension.Value).Names : [];
        foreach (var name in alternatives)
        {
            yield return name;
        }

        // RFC 5280 §4.2.1.10: without an rfc822Name, the constraint applies to the emailAddress attribute of the subject.
        if (!alternatives.Any(name => name.Form == GeneralNameForm.Rfc822Name))
        {
            foreach (
                var email in tbs.Subject.Attributes.Where(a => a.Type == Oids.EmailAddress && a.Value.Length > 0 && Ascii.IsValid(a.Value))
            )
            {
                yield return GeneralName.Email(email.Value);
            }
        }
    }

    private bool Lies(GeneralName name, GeneralName root)
    {
        if (name.Form != root.Form)
        {
            return false;
        }

        if (--_comparisonsLeft < 0)
        {
            throw new MalformedException("RFC 5280 §4.2.1.10", "too many names and constraints");
        }

        return name.Form switch
        {
            GeneralNameForm.DirectoryName => NameMatcher.IsWithin(name.ToDirectoryName(), root.ToDirectoryName()),
            GeneralNameForm.DnsName => LiesInDomain(name.Text!, root.Text!),
            GeneralNameForm.Rfc822Name => LiesInMailDomain(name.Text!, root.Text!),
            GeneralNameForm.Uri => LiesInUriDomain(name.Text!, root.Text!),
            GeneralNameForm.IpAddress => LiesInNetwork(name, root),
            // A constraint on a form that can't be compared: RFC 5280 §4.2.1.10 wants the certificate refused.
            _ => throw new MalformedException("RFC 5280 §4.2.1.10", $"name constraints on {name.Form} can't be processed"),
        };
    }

    /// <summary>Any name made by adding zero or more labels to the left.</summary>
    private static bool LiesInDomain(string name, string root) =>
        root.Length == 0
        || name.Equals(root, StringComparison.OrdinalIgnoreCase)
        || name.EndsWith('.' + root.TrimStart('.'), StringComparison.OrdinalIgnoreCase);

    /// <summary>A mailbox, all mailboxes of a host, or (with a leading full stop) of all hosts below a domain.</summary>
    private static bool LiesInMailDomain(string name, string root)
    {
        var at = name.LastIndexOf('@');
        if (at < 0)
        {
            return false;
        }

        var host = name[(at + 1)..];
        var rootAt = root.LastIndexOf('@');
        return rootAt >= 0
                // The local part is compared exactly, the host without regard to case.
                ? name[..at] == root[..rootAt] && host.Equals(root[(rootAt + 1)..], StringComparison.OrdinalIgnoreCase)
            : root.StartsWith('.') ? host.EndsWith(root, StringComparison.OrdinalIgnoreCase)
            : host.Equals(root, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The host of the URI, or (with a leading full stop) any host below it.</summary>
    private static bool LiesInUriDomain(string name, string root)
    {
        // RFC 5280 §4.2.1.10: a URI whose host is no domain name violates every constraint.
        if (!Uri.TryCreate(name, UriKind.Absolute, out var uri) || uri.HostNameType != UriHostNameType.Dns)
        {
            return false;
        }

        return root.StartsWith('.')
            ? uri.IdnHost.EndsWith(root, StringComparison.OrdinalIgnoreCase)
            : uri.IdnHost.Equals(root, StringComparison.OrdinalIgnoreCase);
    }

    private static bool LiesInNetwork(GeneralName name, GeneralName root)
    {
        var address = Octets(name);
        var network = Octets(root);
        if (network.Length != 2 * address.Length)
        {
            return false;
        }

        for (var i = 0; i < address.Length; i++)
        {
            var mask = network[address.Length + i];
            if ((address[i] & mask) != (network[i] & mask))
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Octets(GeneralName name)
    {
        var reader = new System.Formats.Asn1.AsnReader(name.Encoded, System.Formats.Asn1.AsnEncodingRules.DER);
        return reader.ReadOctetString(reader.PeekTag());
    }
}
