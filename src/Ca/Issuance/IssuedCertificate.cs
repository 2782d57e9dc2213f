using EContract.Ca.Authorities;
using EContract.Ca.Store;

namespace EContract.Ca.Issuance;

/// <summary>An issued certificate with its status and the CA that issued it.</summary>
public sealed record IssuedCertificate(CertificateRow Row, Authority Authority);
