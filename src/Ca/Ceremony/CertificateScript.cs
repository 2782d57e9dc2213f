namespace EContract.Ca.Ceremony;

/// <summary>An infrastructure certificate.</summary>
/// <param name="Certificate">File for the certificate and its chain (PEM), relative to the output directory; default pki/{id}.pem.</param>
public sealed record CertificateScript(
    string Id,
    string Issuer,
    string Profile,
    IReadOnlyList<IReadOnlyList<string>> Subject,
    KeyScript Key,
    string? Certificate = null,
    IReadOnlyList<string>? Dns = null,
    IReadOnlyList<string>? Ip = null
);
