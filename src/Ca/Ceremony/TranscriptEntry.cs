namespace EContract.Ca.Ceremony;

/// <summary>One step of a ceremony as it happened.</summary>
public sealed record TranscriptEntry(DateTimeOffset Time, string Step, IReadOnlyDictionary<string, string> Details);
