namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A CA's basicConstraints are critical; a path length needs cA and keyCertSign.</summary>
public sealed class BasicConstraintsOfAuthorities : ICertificateRule
{
    public string Name => "basic_constraints_of_authorities";

    public string Clause => "RFC 5280 §4.2.1.9";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.IsCertificateAuthority && !subject.IsCritical(Oids.BasicConstraints))
        {
            yield return "basicConstraints of a CA is not critical";
        }

        if (subject.BasicConstraints is { CA: false, PathLenConstraint: not null })
        {
            yield return "pathLenConstraint without cA";
        }
    }
}
