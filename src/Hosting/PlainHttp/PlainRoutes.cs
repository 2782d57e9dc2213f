namespace EContract.Hosting.PlainHttp;

/// <summary>What a role answers plainly; a role that does registers one of these.</summary>
/// <param name="Routes">None: nothing is plain.</param>
/// <param name="Threads">How many requests may be answered side by side, each on a thread of its own.</param>
public sealed record PlainRoutes(IReadOnlyList<PlainRoute> Routes, int Threads);
