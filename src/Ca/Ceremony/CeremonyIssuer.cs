using EContract.Ca.Authorities;
using EContract.Hsm.Keys;
using EContract.Pki.X509;

namespace EContract.Ca.Ceremony;

/// <param name="Certificate">Null while a root signs itself.</param>
internal sealed record CeremonyIssuer(IssuerIdentity Identity, Certificate? Certificate, ISigningKey Key);
