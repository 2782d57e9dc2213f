namespace EContract.Ca.Store;

/// <summary>Which CRL it is, without its bytes.</summary>
public sealed record CrlMark(long Number, DateTimeOffset ThisUpdate);
