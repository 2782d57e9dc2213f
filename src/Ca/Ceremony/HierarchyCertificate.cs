namespace EContract.Ca.Ceremony;

/// <summary>A certificate in <see cref="HierarchyFile"/>.</summary>
public sealed record HierarchyCertificate(string Id, string Authority, string Profile, string Certificate);
