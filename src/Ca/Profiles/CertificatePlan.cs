using System.Net;
using EContract.Ca.Authorities;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;

namespace EContract.Ca.Profiles;

/// <summary>Turns a profile, an issuer and an applicant's data into the certificate that is to be signed.</summary>
public sealed class CertificatePlan(CertificateProfile profile, AlgorithmPolicy algorithms, AuthorityUrls urls)
{
    /// <summary>The subject that a ceremony script gives; null: the profile makes it from <see cref="Values"/>.</summary>
    public DistinguishedName? GivenSubject { get; init; }

    public Placeholders Values { get; init; } = new();

    /// <summary>The shard of the CRL that will list the certificate if it is revoked; fixed for its life.</summary>
    public int Shard { get; init; }

    /// <summary>Whether the issuer publishes delta CRLs, and so freshestCRL is in its certificates.</summary>
    public bool DeltaCrl { get; init; }

    /// <exception cref="ServiceException">The policy or the profile forbids the key or the subject.</exception>
    public TbsCertificate Build(IssuerIdentity issuer, SubjectPublicKeyInfo key, SerialNumber serial, DateTimeOffset now)
    {
        Values.Set("base_url", urls.BaseUrl);
        var description = key.Describe();
        if (!profile.Keys.Contains(description))
        {
            throw new ServiceException(
                Fault.AlgorithmNotAllowed,
                $"profile {profile.Name} does not allow {description}",
                ("algorithm", description),
                ("profile", profile.Name)
            );
        }

        var sunset = algorithms.RequireKey(key, now);
        algorithms.RequireSignature(issuer.Signature.Identifier, now);
        var subject = BuildSubject();
        return new TbsCertificate
        {
            SerialNumber = serial,
            Signature = issuer.Signature.Identifier,
            Issuer = issuer.Name,
            NotBefore = CertificateTime.Truncate(now.AddMinutes(-profile.Validity.BackdateMinutes)),
            NotAfter = FindNotAfter(issuer, sunset, now),
            Subject = subject,
            SubjectPublicKeyInfo = key,
            Extensions = [.. BuildExtensions(issuer, key, subject.IsEmpty)],
        };
    }

    private DateTimeOffset FindNotAfter(IssuerIdentity issuer, DateTimeOffset? sunset, DateTimeOffset now)
    {
        // RFC 5280 §4.1.2.5: the period includes notAfter, so n days end one second before.
        var end = CertificateTime.Truncate(now.AddMinutes(-profile.Validity.BackdateMinutes)).AddDays(profile.Validity.Days).AddSeconds(-1);
        if (sunset is { } last && end >= last)
        {
            end = last.AddSeconds(-1);
        }

        if (issuer.NotAfter is { } issuerEnd && end > issuerEnd)
        {
            end = issuerEnd;
        }

        return end > now ? end : throw new ServiceException(Fault.IssuerNotActive, $"authority {issuer.Id} has expired");
    }

    private DistinguishedName BuildSubject()
    {
        if (profile.Subject.Count == 0)
        {
            return GivenSubject ?? throw new ServiceException(Fault.SubjectNotAllowed, $"profile {profile.Name} needs a subject");
        }

        var attributes = new List<AttributeTypeAndValue>();
        foreach (var template in profile.Subject)
        {
            AttributeNames.TryGetOid(template.Type, out var oid);
            attributes.AddRange(Fill(template.Value, template.Optional).Select(value => AttributeTypeAndValue.Create(oid, value)));
        }

        return DistinguishedName.Of(attributes);
    }

    private IReadOnlyList<string> Fill(string template, bool optional)
    {
        var values = Values.Fill(template);
        return values.Count > 0 || optional
            ? values
            : throw new ServiceException(
                Fault.SubjectNotAllowed,
                $"profile {profile.Name} needs a value for {template}",
                ("profile", profile.Name)
            );
    }

    private IEnumerable<Extension> BuildExtensions(IssuerIdentity issuer, SubjectPublicKeyInfo key, bool emptySubject)
    {
        // RFC 5280 §4.2.1.1: a self-signed certificate may leave the authority's key identifier out; it is the same key.
        if (!issuer.Key.Equals(key))
        {
            yield return new AuthorityKeyIdentifier(issuer.KeyIdentifier).ToExtension();
        }

        yield return new SubjectKeyIdentifier(key.ComputeKeyIdentifier()).ToExtension();
        if (profile.BasicConstraints is { } constraints)
        {
            yield return new BasicConstraints(constraints.Ca, constraints.PathLength).ToExtension();
        }

        yield return new KeyUsage(profile.ParseKeyUsage()).ToExtension();
        if (profile.ExtendedKeyUsage is { } purposes)
        {
            yield return new ExtendedKeyUsage(purposes.Purposes).ToExtension(purposes.Critical);
        }

        var names = BuildAlternativeNames();
        if (names.Count > 0)
        {
            yield return new SubjectAltName(names).ToExtension(critical: emptySubject);
        }

        if (profile.Policies.Count > 0)
        {
            yield return new CertificatePolicies([
                .. profile.Policies.Select(p => new PolicyInformation(p.Oid, p.Cps is { } cps ? Fill(cps, optional: false)[0] : null)),
            ]).ToExtension();
        }

        foreach (var extension in BuildStatusExtensions(issuer))
        {
            yield return extension;
        }

        if (profile.QcStatements.Count > 0)
        {
            yield return new QcStatements([
                .. profile.QcStatements.Select(q =>
                    (q.Oid, q.InfoHex is { } hex ? new ReadOnlyMemory<byte>(Convert.FromHexString(hex)) : (ReadOnlyMemory<byte>?)null)
                ),
            ]).ToExtension();
        }
    }

    private IEnumerable<Extension> BuildStatusExtensions(IssuerIdentity issuer)
    {
        if (profile.Crl != CrlPolicy.None)
        {
            int? shard = profile.Crl == CrlPolicy.Sharded ? Shard : null;
            yield return new CrlDistributionPoints([DistributionPoint.At(urls.Crl(issuer.Id, shard))]).ToExtension();
            if (DeltaCrl)
            {
                yield return new CrlDistributionPoints([DistributionPoint.At(urls.DeltaCrl(issuer.Id, shard))]).ToFreshestCrl();
            }
        }

        var access = new List<(string, GeneralName)>();
        if (profile.Ocsp)
        {
            access.Add((Oids.AccessMethodOcsp, GeneralName.Uri(urls.Ocsp(issuer.Id))));
        }

        if (profile.CaIssuers)
        {
            access.Add((Oids.AccessMethodCaIssuers, GeneralName.Uri(urls.CaIssuers(issuer.Id))));
        }

        if (access.Count > 0)
        {
            yield return new AuthorityInfoAccess(access).ToExtension();
        }

        if (profile.OcspNoCheck)
        {
            yield return OcspNoCheck.ToExtension();
        }
    }

    private List<GeneralName> BuildAlternativeNames()
    {
        var names = new List<GeneralName>();
        foreach (var template in profile.SubjectAltNames)
        {
            names.AddRange(Fill(template.Value, template.Optional).Select(value => ToGeneralName(template, value)));
        }

        return names;
    }

    private static GeneralName ToGeneralName(AlternativeNameTemplate template, string value) =>
        template.Form switch
        {
            "email" => GeneralName.Email(value),
            "dns" => GeneralName.Dns(value),
            "ip" => IPAddress.TryParse(value, out var address)
                ? GeneralName.Ip(address)
                : throw new ServiceException(Fault.SubjectNotAllowed, "not an IP address"),
            "uri" => GeneralName.Uri(value),
            _ => GeneralName.Other(template.Oid!, value),
        };
}
