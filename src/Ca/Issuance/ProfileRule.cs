using EContract.Ca.Profiles;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Lint;

namespace EContract.Ca.Issuance;

/// <summary>The certificate is what its profile says, nothing more: found even if the code that builds certificates is wrong.</summary>
public sealed class ProfileRule(CertificateProfile profile) : ICertificateRule
{
    public string Name => "profile_is_kept";

    public string Clause => $"profile {profile.Name}";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.KeyUsage?.Usages != profile.ParseKeyUsage())
        {
            yield return "keyUsage is not the profile's";
        }

        if (!(subject.ExtendedKeyUsage?.Purposes ?? []).SequenceEqual(profile.ExtendedKeyUsage?.Purposes ?? []))
        {
            yield return "extKeyUsage is not the profile's";
        }

        if (subject.IsCertificateAuthority != profile.IsCertificateAuthority)
        {
            yield return "cA is not the profile's";
        }

        if (
            !(subject.CertificatePolicies?.Policies ?? [])
                .Select(p => p.PolicyIdentifier)
                .SequenceEqual(profile.Policies.Select(p => p.Oid))
        )
        {
            yield return "certificatePolicies are not the profile's";
        }

        if ((subject.CrlDistributionPoints is null) != (profile.Crl == CrlPolicy.None))
        {
            yield return "cRLDistributionPoints are not the profile's";
        }

        var ocsp = subject.AuthorityInfoAccess?.Descriptions.Any(d => d.Method == Oids.AccessMethodOcsp) ?? false;
        if (ocsp != profile.Ocsp)
        {
            yield return "the OCSP address is not the profile's";
        }

        if (!profile.Keys.Contains(subject.Tbs.SubjectPublicKeyInfo.Describe()))
        {
            yield return "the key is not one of the profile's";
        }

        // One second of tolerance: the period includes notAfter.
        if (subject.Tbs.NotAfter - subject.Tbs.NotBefore > TimeSpan.FromDays(profile.Validity.Days))
        {
            yield return "the certificate runs longer than the profile's validity";
        }
    }
}
