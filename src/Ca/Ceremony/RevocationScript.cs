namespace EContract.Ca.Ceremony;

/// <summary>An offline CA revokes a certificate of a CA.</summary>
/// <param name="Authority">The offline CA that issued the certificate.</param>
/// <param name="Certificate">The id of the CA whose certificate is revoked.</param>
public sealed record RevocationScript(string Authority, string Certificate, string Reason);
