using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Admission;

namespace EContract.Hosting.Callers;

/// <summary>A configured caller: how to know it by its certificate, and what it has used up of its limits.</summary>
internal sealed class Caller
{
    private readonly DistinguishedName? _subject;
    private readonly DistinguishedName? _issuer;
    private readonly CallerOptions _options;

    public Caller(CallerOptions options, TimeProvider time)
    {
        _options = options;
        _subject = options.Subject is null ? null : DistinguishedName.Parse(options.Subject);
        _issuer = options.Issuer is null ? null : DistinguishedName.Parse(options.Issuer);
        Identity = new CallerIdentity
        {
            Name = options.Name,
            Roles = options
                .Roles.Select(name => RoleNames.TryParse(name, out var role) ? role : throw new FormatException(name))
                .ToFrozenSet(),
            Organisations = options.Organisations.Count == 0 ? null : options.Organisations.ToFrozenSet(StringComparer.Ordinal),
        };
        Rate = options.Limits.RatePerSecond is { } rate ? new TokenBucket(rate, options.Limits.Burst ?? Math.Max(1, rate * 2), time) : null;
        MaxConcurrency = options.Limits.Concurrency;
    }

    public CallerIdentity Identity { get; }

    public bool IsSuspended => _options.Suspended;

    public TokenBucket? Rate { get; }

    public int? MaxConcurrency { get; }

    /// <param name="certificate">Already verified up to a configured client anchor.</param>
    public bool Matches(X509Certificate2 certificate)
    {
        if (_issuer is not null && _issuer != DistinguishedName.Of(certificate.IssuerName))
        {
            return false;
        }

        return _options switch
        {
            { Thumbprint: { } thumbprint } => string.Equals(
                thumbprint.Replace(":", "", StringComparison.Ordinal),
                certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256),
                StringComparison.OrdinalIgnoreCase
            ),
            { SanUri: { } uri } => SubjectUris.Of(certificate).Contains(uri, StringComparer.Ordinal),
            { Subject: not null } => _subject == DistinguishedName.Of(certificate.SubjectName),
            { CommonName: { } name } => DistinguishedName.Of(certificate.SubjectName).CommonNames is [var only] && only == name,
            _ => false,
        };
    }
}
