using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Pki.X509.Lint;
using Xunit;

namespace EContract.Pki.Tests.X509;

/// <summary>Each rule finds the certificate that breaks it, and only a certificate that breaks it.</summary>
public sealed class LintTests
{
    private static readonly X509Samples Samples = new();
    private static readonly Certificate Issuer = Certificate.Decode(Samples.Authority);

    /// <summary>Rule → a change to a good certificate that breaks it.</summary>
    private static readonly Dictionary<string, Func<TbsCertificate, TbsCertificate>> Breakers = new()
    {
        ["serial_is_positive_and_short"] = t =>
            t with
            {
                SerialNumber = SerialNumber.FromContent([0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            },
        ["serial_has_entropy"] = t => t with { SerialNumber = SerialNumber.FromUnsigned(1) },
        ["issuer_name_chains"] = t => t with { Issuer = Samples.Name },
        ["subject_is_present"] = t =>
            Without(t with { Subject = DistinguishedName.Of(Array.Empty<(string, string)>()) }, Oids.SubjectAltName),
        ["validity_is_ordered"] = t => t with { NotAfter = t.NotBefore },
        ["validity_is_within_issuer"] = t => t with { NotAfter = Issuer.Tbs.NotAfter.AddDays(1) },
        ["unique_ids_are_absent"] = t => t with { SubjectUniqueId = new byte[] { 0x82, 0x02, 0x00, 0x01 } },
        ["name_string_types"] = t =>
            t with
            {
                Subject = DistinguishedName.Of([
                    new AttributeTypeAndValue(Oids.CommonName, "x", System.Formats.Asn1.UniversalTagNumber.BMPString),
                ]),
            },
        ["name_lengths"] = t => t with { Subject = DistinguishedName.Of(("CN", new string('長', 65))) },
        ["name_text_is_clean"] = t => t with { Subject = DistinguishedName.Of(("CN", "a\u202Eb")) },
        ["country_is_two_letters"] = t => t with { Subject = DistinguishedName.Of(("C", "jp"), ("CN", "x")) },
        ["authority_key_identifier_matches"] = t => Without(t, Oids.AuthorityKeyIdentifier),
        ["subject_key_identifier_is_present"] = t => Without(t, Oids.SubjectKeyIdentifier),
        ["basic_constraints_of_authorities"] = t =>
            With(t, new Extension(Oids.BasicConstraints, false, new BasicConstraints(true, null).ToExtension().Value)),
        ["key_usage_is_consistent"] = t => With(t, new KeyUsage(KeyUsages.KeyCertSign).ToExtension()),
        ["extended_key_usage_is_specific"] = t => With(t, new ExtendedKeyUsage(["2.5.29.37.0"]).ToExtension(false)),
        ["time_stamping_is_sole_and_critical"] = t => With(t, new ExtendedKeyUsage([Oids.TimeStamping]).ToExtension(false)),
        ["ocsp_signing_has_no_check"] = t => With(t, new ExtendedKeyUsage([Oids.OcspSigning]).ToExtension(false)),
        ["subject_alt_name_is_well_formed"] = t => With(t, new SubjectAltName([GeneralName.Email("nobody")]).ToExtension()),
        ["cps_uri_is_absolute"] = t => With(t, new CertificatePolicies([new("1.2.3", "cps")]).ToExtension()),
        ["crl_distribution_points_are_fetchable"] = t =>
            With(t, new CrlDistributionPoints([DistributionPoint.At("ldap://x")]).ToExtension()),
        ["authority_info_access_is_fetchable"] = t =>
            With(t, new AuthorityInfoAccess([(Oids.AccessMethodOcsp, GeneralName.Uri("https://x"))]).ToExtension()),
        ["non_critical_extensions"] = t => With(t, t.Extensions.Find(Oids.SubjectKeyIdentifier)! with { Critical = true }),
        ["critical_extensions_are_known"] = t => With(t, new Extension("1.2.3.4", true, new byte[] { 5, 0 })),
        ["signature_key_usage_is_pure"] = t => With(t, new KeyUsage(KeyUsages.NonRepudiation | KeyUsages.KeyEncipherment).ToExtension()),
        ["qc_statements_are_consistent"] = t => With(t, new QcStatements([("0.4.0.1862.1.4", null)]).ToExtension()),
        ["decodes"] = t => With(t, new Extension(Oids.BasicConstraints, true, new byte[] { 0x30, 0x03, 0x01, 0x01, 0x00 })),
        ["signature_algorithm_is_strong"] = t => t with { Signature = AlgorithmIdentifier.WithNull(Oids.Sha1WithRsaEncryption) },
        ["key_is_strong"] = t => t with { SubjectPublicKeyInfo = Weak() },
        ["path_length_is_held"] = t => With(t, new BasicConstraints(true, null).ToExtension()),
        ["version_is_v3"] = t => t with { Version = 1, Extensions = [] },
    };

    public static TheoryData<string> Rules => [.. Breakers.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_broken_rule_is_found(string rule)
    {
        var issuer = rule == "path_length_is_held" ? WithPathLength(0) : Issuer;
        var tbs = Breakers[rule](Samples.BuildLeaf(issuer));
        var findings = CertificateLinter.Lint(Samples.Sign(tbs), issuer);
        Assert.Contains(findings, f => f.Rule == rule);
    }

    [Fact]
    public void Good_certificates_break_no_rule()
    {
        Assert.Empty(CertificateLinter.Lint(Samples.Leaf, Issuer));
        Assert.Empty(CertificateLinter.Lint(Samples.Authority, null));
    }

    [Fact]
    public void Every_rule_has_a_test_or_can_only_break_below_the_decoder()
    {
        // A decoder that accepts only DER leaves these two nothing to find in a certificate of our own builder.
        string[] belowDecoder = ["encoding_is_der", "key_is_well_formed"];
        Assert.Empty(CertificateLinter.Rules.Select(r => r.Name).Except(Breakers.Keys).Except(belowDecoder));
    }

    private static SubjectPublicKeyInfo Weak()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(1024);
        return SubjectPublicKeyInfo.Decode(rsa.ExportSubjectPublicKeyInfo());
    }

    private static Certificate WithPathLength(int length)
    {
        var tbs = With(Issuer.Tbs, new BasicConstraints(true, length).ToExtension());
        return Certificate.Decode(Samples.Sign(tbs));
    }

    private static TbsCertificate Without(TbsCertificate tbs, string oid) =>
        tbs with
        {
            Extensions = [.. tbs.Extensions.Where(e => e.Oid != oid)],
        };

    private static TbsCertificate With(TbsCertificate tbs, Extension extension) =>
        tbs with
        {
            Extensions = [.. tbs.Extensions.Where(e => e.Oid != extension.Oid), extension],
        };
}
