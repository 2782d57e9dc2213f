using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Paths;

namespace EContract.Validation.Revocation;

/// <summary>Whether a CRL is one that a distribution point of a certificate speaks of (RFC 5280 §6.3.3 (b)).</summary>
internal static class CrlScope
{
    public static bool Covers(CertificateRevocationList crl, DistributionPoint point, Certificate certificate)
    {
        var scope = crl.IssuingDistributionPoint;
        var indirect = scope is { IndirectCrl: true };
        // (b)(1): who signs lists of another's certificates must say so.
        if (!NameMatcher.Matches(crl.Issuer, certificate.Tbs.Issuer) && !indirect)
        {
            return false;
        }

        if (scope is null)
        {
            return true;
        }

        var isAuthority = certificate.Tbs.Extensions.Find(Oids.BasicConstraints) is { } basic && BasicConstraints.Decode(basic.Value).CA;
        if ((scope.OnlyContainsUserCerts && isAuthority) || (scope.OnlyContainsCACerts && !isAuthority) || scope.OnlyContainsAttributeCerts)
        {
            return false;
        }

        var scopeNames = Names(scope.FullName, scope.NameRelativeToCrlIssuer, crl.Issuer).ToHashSet(StringComparer.Ordinal);
        return scopeNames.Count == 0 || scopeNames.Overlaps(PointNames(point, certificate));
    }

    /// <summary>The issuers whose CRLs the point speaks of.</summary>
    public static IEnumerable<DistinguishedName> Issuers(DistributionPoint point, Certificate certificate) =>
        point.CrlIssuer is { } names
            ? names.Where(n => n.Form == GeneralNameForm.DirectoryName).Select(n => n.ToDirectoryName())
            : [certificate.Tbs.Issuer];

    private static IEnumerable<string> PointNames(DistributionPoint point, Certificate certificate)
    {
        var issuer = Issuers(point, certificate).FirstOrDefault(certificate.Tbs.Issuer);
        var named = Names(point.FullName, point.NameRelativeToCrlIssuer, issuer).ToList();
        return named.Count > 0 ? named : Names(point.CrlIssuer ?? [GeneralName.Directory(certificate.Tbs.Issuer)], null, issuer);
    }

    private static IEnumerable<string> Names(
        IReadOnlyList<GeneralName>? fullName,
        IReadOnlyList<AttributeTypeAndValue>? relative,
        DistinguishedName crlIssuer
    )
    {
        if (relative is not null)
        {
            return ["directory " + NameMatcher.Key(DistinguishedName.Of([.. crlIssuer.Rdns, relative]))];
        }

        return (fullName ?? []).Select(name =>
            name.Form == GeneralNameForm.DirectoryName
                ? "directory " + NameMatcher.Key(name.ToDirectoryName())
                : Convert.ToHexString(name.Encoded.Span)
        );
    }
}
