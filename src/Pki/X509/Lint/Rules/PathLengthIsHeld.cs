using EContract.Pki.X509.Extensions;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A CA must not certify a CA deeper than its own path length allows.</summary>
public sealed class PathLengthIsHeld : ICertificateRule
{
    public string Name => "path_length_is_held";

    public string Clause => "RFC 5280 §6.1.4";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (!subject.IsCertificateAuthority || subject.Issuer?.Tbs.Extensions.Find(Oids.BasicConstraints) is not { } extension)
        {
            yield break;
        }

        var allowed = BasicConstraints.Decode(extension.Value).PathLenConstraint;
        if (allowed is { } length && (length == 0 || subject.BasicConstraints!.PathLenConstraint is not { } own || own >= length))
        {
            yield return "the issuer's pathLenConstraint does not allow this CA";
        }
    }
}
