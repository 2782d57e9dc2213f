using EContract.Pki;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Signatures;

namespace EContract.Validation.Paths;

/// <summary>The state variables of basic path processing, one certificate at a time (RFC 5280 §6.1.2 – §6.1.5).</summary>
internal sealed class PathState
{
    /// <summary>Extensions that processing takes care of, here or in the revocation check; any other critical one refuses the path.</summary>
    private static readonly HashSet<string> Understood =
    [
        Oids.BasicConstraints,
        Oids.KeyUsage,
        Oids.ExtendedKeyUsage,
        Oids.SubjectAltName,
        Oids.NameConstraints,
        Oids.CertificatePolicies,
        Oids.PolicyMappings,
        Oids.PolicyConstraints,
        Oids.InhibitAnyPolicy,
        Oids.CrlDistributionPoints,
        Oids.FreshestCrl,
        Oids.AuthorityKeyIdentifier,
        Oids.SubjectKeyIdentifier,
        Oids.QcStatements,
    ];

    private readonly PathParameters _parameters;
    private readonly PolicyGraph _policies = new();
    private readonly NameConstraintState _names = new();
    private readonly int _length;
    private int _explicitPolicy;
    private int _policyMapping;
    private int _inhibitAnyPolicy;
    private int _maxPathLength;
    private int _position;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DateTimeOffset _notAfter = DateTimeOffset.MaxValue;

    public PathState(TrustAnchor anchor, int length, PathParameters parameters)
    {
        _parameters = parameters;
        _length = length;
        _explicitPolicy = parameters.InitialExplicitPolicy ? 0 : length + 1;
        _policyMapping = parameters.InitialPolicyMappingInhibit ? 0 : length + 1;
        _inhibitAnyPolicy = parameters.InitialAnyPolicyInhibit ? 0 : length + 1;
        _maxPathLength = length;
        WorkingPublicKey = anchor.PublicKey;
        WorkingIssuerName = anchor.Name;
    }

    public SubjectPublicKeyInfo WorkingPublicKey { get; private set; }

    public DistinguishedName WorkingIssuerName { get; private set; }

    public IReadOnlyCollection<PolicyInformation> Policies { get; private set; } = [];

    /// <summary>Processes the next certificate; its problem, or null.</summary>
    public PathProblem? Next(Certificate certificate)
    {
        _position++;
        try
        {
            return _position < _length
                ? CheckBasics(certificate) ?? PrepareForNext(certificate)
                : CheckBasics(certificate) ?? WrapUp(certificate);
        }
        catch (MalformedException e)
        {
            return new PathProblem(PathFailure.Malformed, e.Clause, e.Detail, _position);
        }
    }

    /// <summary>RFC 5280 §6.1.3 but for revocation.</summary>
    private PathProblem? CheckBasics(Certificate certificate)
    {
        var tbs = certificate.Tbs;
        if (!NameMatcher.Matches(tbs.Issuer, WorkingIssuerName))
        {
            return Problem(
                PathFailure.NoPath,
                "RFC 5280 §6.1.3 (a)(4)",
                "the issuer's name is not the subject's name of the certificate above"
            );
        }

        var signed = certificate.Signed;
        if (_parameters.AlgorithmPolicy?.Invoke(signed.SignatureAlgorithm, WorkingPublicKey, _parameters.Time) is { } refused)
        {
            return Problem(PathFailure.AlgorithmRefused, "RFC 5280 §6.1.3 (a)(1)", refused);
        }

        if (!SignatureVerifier.Verify(signed.SignatureAlgorithm, WorkingPublicKey, signed.ToBeSigned.Span, signed.Signature.Span))
        {
            return Problem(PathFailure.BadSignature, "RFC 5280 §6.1.3 (a)(1)", "the signature doesn't verify with the issuer's key");
        }

        if (CheckValidity(tbs) is { } outside)
        {
            return outside;
        }

        // (b), (c): a CA's self-issued certificate (a key rollover) keeps the name that was checked before.
        if ((!IsSelfIssued(certificate) || _position == _length) && _names.FindViolation(certificate) is { } violation)
        {
            return Problem(PathFailure.NameConstraint, "RFC 5280 §6.1.3 (b)", violation);
        }

        var policies = tbs.Extensions.Find(Oids.CertificatePolicies) is { } extension ? CertificatePolicies.Decode(extension.Value) : null;
        var anyPolicyCounts = _inhibitAnyPolicy > 0 || (_position < _length && IsSelfIssued(certificate));
        _policies.Descend(policies, anyPolicyCounts);
        return _explicitPolicy > 0 || !_policies.IsNull
            ? null
            : Problem(PathFailure.Policy, "RFC 5280 §6.1.3 (f)", "no policy of the path is valid here, and one is required");
    }

    /// <summary>RFC 5280 §6.1.3 (a)(2), or whether the certificates so far were ever valid together.</summary>
    private PathProblem? CheckValidity(TbsCertificate tbs)
    {
        if (_parameters.AtAnyCommonTime)
        {
            _notBefore = tbs.NotBefore > _notBefore ? tbs.NotBefore : _notBefore;
            _notAfter = tbs.NotAfter < _notAfter ? tbs.NotAfter : _notAfter;
            return _notBefore <= _notAfter
                ? null
                : Problem(PathFailure.Expired, "RFC 5280 §6.1.3 (a)(2)", "the certificates of the path were never valid together");
        }

        if (_parameters.TargetValidityApart && _position == _length)
        {
            return null;
        }

        return _parameters.Time < tbs.NotBefore
                ? Problem(PathFailure.NotYetValid, "RFC 5280 §6.1.3 (a)(2)", $"valid from {tbs.NotBefore:u}")
            : _parameters.Time > tbs.NotAfter ? Problem(PathFailure.Expired, "RFC 5280 §6.1.3 (a)(2)", $"valid until {tbs.NotAfter:u}")
            : null;
    }

    /// <summary>RFC 5280 §6.1.4: this certificate's subject issues the next one.</summary>
    private PathProblem? PrepareForNext(Certificate certificate)
    {
        var extensions = certificate.Tbs.Extensions;
        if (extensions.Find(Oids.PolicyMappings) is { } mapping)
        {
            var mappings = PolicyMappings.Decode(mapping.Value);
            if (mappings.Mappings.Any(m => m.IssuerDomainPolicy == Oids.AnyPolicy || m.SubjectDomainPolicy == Oids.AnyPolicy))
            {
                return Problem(PathFailure.Policy, "RFC 5280 §6.1.4 (a)", "anyPolicy is mapped");
            }

            var policies = extensions.Find(Oids.CertificatePolicies) is { } own ? CertificatePolicies.Decode(own.Value) : null;
            _policies.Map(mappings, policies, _policyMapping > 0);
        }

        WorkingIssuerName = certificate.Tbs.Subject;
        WorkingPublicKey = SignatureVerifier.InheritParameters(certificate.Tbs.SubjectPublicKeyInfo, WorkingPublicKey);
        if (extensions.Find(Oids.NameConstraints) is { } constraints)
        {
            _names.Add(NameConstraints.Decode(constraints.Value));
        }

        if (!IsSelfIssued(certificate))
        {
            _explicitPolicy = Math.Max(0, _explicitPolicy - 1);
            _policyMapping = Math.Max(0, _policyMapping - 1);
            _inhibitAnyPolicy = Math.Max(0, _inhibitAnyPolicy - 1);
        }

        if (extensions.Find(Oids.PolicyConstraints) is { } policyConstraints)
        {
            var limits = PolicyConstraints.Decode(policyConstraints.Value);
            _explicitPolicy = Math.Min(_explicitPolicy, limits.RequireExplicitPolicy ?? int.MaxValue);
            _policyMapping = Math.Min(_policyMapping, limits.InhibitPolicyMapping ?? int.MaxValue);
        }

        if (extensions.Find(Oids.InhibitAnyPolicy) is { } inhibit)
        {
            _inhibitAnyPolicy = Math.Min(_inhibitAnyPolicy, InhibitAnyPolicy.Decode(inhibit.Value).Skip);
        }

        return CheckMayIssue(certificate) ?? CheckCriticalExtensions(certificate);
    }

    /// <summary>RFC 5280 §6.1.4 (k) – (n).</summary>
    private PathProblem? CheckMayIssue(Certificate certificate)
    {
        var extensions = certificate.Tbs.Extensions;
        var constraints = extensions.Find(Oids.BasicConstraints) is { } basic ? BasicConstraints.Decode(basic.Value) : null;
        if (certificate.Tbs.Version != 3 || constraints is not { CA: true })
        {
            return Problem(PathFailure.NotAuthorised, "RFC 5280 §6.1.4 (k)", "an issuing certificate is not a CA's by basicConstraints");
        }

        if (!IsSelfIssued(certificate))
        {
            if (_maxPathLength <= 0)
            {
                return Problem(PathFailure.NotAuthorised, "RFC 5280 §6.1.4 (l)", "the path is longer than a CA above allows");
            }

            _maxPathLength--;
        }

        _maxPathLength = Math.Min(_maxPathLength, constraints.PathLenConstraint ?? int.MaxValue);
        if (extensions.Find(Oids.KeyUsage) is { } usage && !KeyUsage.Decode(usage.Value).Usages.HasFlag(KeyUsages.KeyCertSign))
        {
            return Problem(PathFailure.NotAuthorised, "RFC 5280 §6.1.4 (n)", "keyUsage of an issuing certificate lacks keyCertSign");
        }

        return CheckPurpose(certificate);
    }

    /// <summary>RFC 5280 §6.1.5.</summary>
    private PathProblem? WrapUp(Certificate certificate)
    {
        if (_explicitPolicy > 0)
        {
            _explicitPolicy--;
        }

        var extensions = certificate.Tbs.Extensions;
        if (
            extensions.Find(Oids.PolicyConstraints) is { } constraints
            && PolicyConstraints.Decode(constraints.Value).RequireExplicitPolicy == 0
        )
        {
            _explicitPolicy = 0;
        }

        WorkingPublicKey = SignatureVerifier.InheritParameters(certificate.Tbs.SubjectPublicKeyInfo, WorkingPublicKey);
        if ((CheckCriticalExtensions(certificate) ?? CheckPurpose(certificate)) is { } problem)
        {
            return problem;
        }

        Policies = _policies.Result(_parameters.InitialPolicies);
        return _explicitPolicy > 0 || Policies.Count > 0
            ? null
            : Problem(PathFailure.Policy, "RFC 5280 §6.1.5 (g)", "the path is valid for none of the acceptable policies");
    }

    private PathProblem? CheckCriticalExtensions(Certificate certificate) =>
        certificate.Tbs.Extensions.FirstOrDefault(e => e.Critical && !Understood.Contains(e.Oid)) is { } unknown
            ? Problem(PathFailure.UnknownCriticalExtension, "RFC 5280 §6.1.4 (o)", $"critical extension {unknown.Oid} is not understood")
            : null;

    /// <summary>An extendedKeyUsage in a CA certificate limits those below it, as every browser and Adobe's validators hold it.</summary>
    private PathProblem? CheckPurpose(Certificate certificate)
    {
        if (_parameters.RequiredPurpose is not { } purpose)
        {
            return null;
        }

        var usage = certificate.Tbs.Extensions.Find(Oids.ExtendedKeyUsage) is { } extension
            ? ExtendedKeyUsage.Decode(extension.Value)
            : null;
        var endEntity = _position == _length;
        var allowed = usage is null
            ? !endEntity
            : usage.Purposes.Contains(purpose) || (!endEntity && usage.Purposes.Contains(Oids.AnyExtendedKeyUsage));
        return allowed ? null : Problem(PathFailure.NotAuthorised, "RFC 5280 §4.2.1.12", $"extendedKeyUsage doesn't allow {purpose}");
    }

    private static bool IsSelfIssued(Certificate certificate) => NameMatcher.Matches(certificate.Tbs.Issuer, certificate.Tbs.Subject);

    private PathProblem Problem(PathFailure failure, string clause, string detail) => new(failure, clause, detail, _position);
}
