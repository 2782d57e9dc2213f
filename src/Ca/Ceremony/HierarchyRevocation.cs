using EContract.Pki.Crl;

namespace EContract.Ca.Ceremony;

/// <summary>A certificate that an offline CA has revoked; its serial number in hexadecimal.</summary>
public sealed record HierarchyRevocation(string SerialNumber, DateTimeOffset Time, CrlReason Reason);
