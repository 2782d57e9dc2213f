using EContract.Pki.X509.Lint.Rules;

namespace EContract.Pki.X509.Lint;

/// <summary>Checks a certificate against every rule before the CA's key is touched: what must not be issued is found while it costs nothing.</summary>
public static class CertificateLinter
{
    public static IReadOnlyList<ICertificateRule> Rules { get; } =
    [
        new VersionIsV3(),
        new SerialIsPositiveAndShort(),
        new SerialHasEntropy(),
        new SignatureAlgorithmIsStrong(),
        new IssuerNameChains(),
        new SubjectIsPresent(),
        new ValidityIsOrdered(),
        new ValidityIsWithinIssuer(),
        new UniqueIdsAreAbsent(),
        new NameStringTypes(),
        new NameLengths(),
        new NameTextIsClean(),
        new CountryIsTwoLetters(),
        new KeyIsWellFormed(),
        new KeyIsStrong(),
        new AuthorityKeyIdentifierMatches(),
        new SubjectKeyIdentifierIsPresent(),
        new BasicConstraintsOfAuthorities(),
        new PathLengthIsHeld(),
        new KeyUsageIsConsistent(),
        new ExtendedKeyUsageIsSpecific(),
        new TimeStampingIsSoleAndCritical(),
        new OcspSigningHasNoCheck(),
        new SubjectAltNameIsWellFormed(),
        new CpsUriIsAbsolute(),
        new CrlDistributionPointsAreFetchable(),
        new AuthorityInfoAccessIsFetchable(),
        new NonCriticalExtensions(),
        new CriticalExtensionsAreKnown(),
        new SignatureKeyUsageIsPure(),
        new QcStatementsAreConsistent(),
        new EncodingIsDer(),
    ];

    /// <summary>Every broken rule; empty if the certificate may be issued.</summary>
    /// <param name="issuer">The CA's certificate; null if self-signed.</param>
    /// <param name="profileRules">What the profile promises on top.</param>
    public static IReadOnlyList<Finding> Lint(
        ReadOnlyMemory<byte> certificate,
        Certificate? issuer,
        params IReadOnlyList<ICertificateRule> profileRules
    )
    {
        CertificateUnderLint subject;
        try
        {
            subject = new CertificateUnderLint(Certificate.Decode(certificate), issuer);
        }
        catch (MalformedException e)
        {
            return [new Finding("decodes", e.Clause, e.Detail)];
        }

        return
        [
            .. Rules
                .Concat(profileRules)
                .SelectMany(rule => rule.Check(subject).Select(detail => new Finding(rule.Name, rule.Clause, detail))),
        ];
    }
}
