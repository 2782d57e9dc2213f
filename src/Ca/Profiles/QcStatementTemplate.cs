namespace EContract.Ca.Profiles;

/// <summary>A QCStatement (RFC 3739 §3.2.6, EN 319 412-5); <paramref name="InfoHex"/> is the DER of its statementInfo, if it has one.</summary>
public sealed record QcStatementTemplate(string Oid, string? InfoHex = null);
