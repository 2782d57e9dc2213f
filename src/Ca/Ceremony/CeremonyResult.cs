namespace EContract.Ca.Ceremony;

/// <summary>What a completed ceremony left: the hierarchy as it is now and the signed transcript's path.</summary>
public sealed record CeremonyResult(HierarchyFile Hierarchy, string TranscriptPath, string SignaturePath);
