namespace EContract.Ca.Ceremony;

/// <summary>
/// How far a ceremony has come. Written before and after each step that can't be undone: a crash between leaves an intention that
/// the next run recognises as its own.
/// </summary>
internal sealed class CeremonyState
{
    public string ScriptSha256 { get; set; } = "";

    public DateTimeOffset Started { get; set; }

    public DateTimeOffset? Completed { get; set; }

    /// <summary>Key location (token:label or file:path) → SubjectPublicKeyInfo, base64; empty while only intended.</summary>
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>Certificate id → planned TBSCertificate, base64: a resumed ceremony signs the same plan, not a second one.</summary>
    public Dictionary<string, string> Plans { get; set; } = [];

    /// <summary>Certificate id → certificate, base64.</summary>
    public Dictionary<string, string> Certificates { get; set; } = [];

    /// <summary>Authority → number of the CRL that this ceremony issues.</summary>
    public Dictionary<string, long> CrlNumbers { get; set; } = [];

    public List<TranscriptEntry> Transcript { get; set; } = [];
}
