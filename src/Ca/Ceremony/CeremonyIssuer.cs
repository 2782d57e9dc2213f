using EContract.Ca.Authorities;
using EContract.Hsm.Keys;
using EContract.Pki.X509;

namespace EContract.Ca.Ceremony;

/// <param name="Chain">Its certificate and those of its issuers up to the root; empty while a root signs itself.</param>
internal sealed record CeremonyIssuer(IssuerIdentity Identity, IReadOnlyList<Certificate> Chain, ISigningKey Key);
