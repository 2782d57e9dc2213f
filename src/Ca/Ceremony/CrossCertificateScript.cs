namespace EContract.Ca.Ceremony;

/// <summary>A certificate for the key and name of a CA that exists, by another CA.</summary>
/// <param name="Subject">The id of the CA whose key and name are certified.</param>
/// <param name="Issuer">The id of the CA that certifies.</param>
public sealed record CrossCertificateScript(string Id, string Subject, string Issuer, string Profile = "cross-ca");
