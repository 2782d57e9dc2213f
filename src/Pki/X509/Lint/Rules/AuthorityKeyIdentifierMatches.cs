using EContract.Pki.X509.Extensions;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>The authority's key identifier is there and is the CA's subjectKeyIdentifier; only a self-signed certificate may lack it.</summary>
public sealed class AuthorityKeyIdentifierMatches : ICertificateRule
{
    public string Name => "authority_key_identifier_matches";

    public string Clause => "RFC 5280 §4.2.1.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.AuthorityKeyIdentifier?.KeyIdentifier is not { } identifier)
        {
            if (subject.Issuer is not null)
            {
                yield return "authorityKeyIdentifier is missing";
            }

            yield break;
        }

        var issuerExtensions = (subject.Issuer ?? subject.Certificate).Tbs.Extensions;
        if (
            issuerExtensions.Find(Oids.SubjectKeyIdentifier) is { } extension
            && !SubjectKeyIdentifier.Decode(extension.Value).KeyIdentifier.Span.SequenceEqual(identifier.Span)
        )
        {
            yield return "authorityKeyIdentifier is not the CA's subjectKeyIdentifier";
        }
    }
}
