namespace EContract.Ca.Store;

/// <summary>When the newest certificate of one purpose and subject ends.</summary>
public sealed record InfrastructureEnd(string Profile, string Subject, DateTimeOffset NotAfter);
