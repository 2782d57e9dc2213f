namespace EContract.Tsa;

/// <summary>The time-stamp authority of this node.</summary>
public sealed class TsaOptions
{
    /// <summary>Where all shared units answer, chosen by policy.</summary>
    public string Path { get; set; } = "/tsa";

    public IList<TsuOptions> Units { get; } = [];

    /// <summary>Signatures made side by side, each on a thread; 0: twice as many as there are processors. About 30 for a network HSM.</summary>
    public int MaxConcurrentSignatures { get; set; }

    internal int Concurrency => MaxConcurrentSignatures > 0 ? MaxConcurrentSignatures : 2 * Environment.ProcessorCount;

    /// <summary>Requests that may wait for their turn; one more is refused at once.</summary>
    public int MaxQueue { get; set; } = 512;

    /// <summary>How long a request may wait for its turn before it is refused.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest query, in octets; a longer body is refused early (413).</summary>
    public int MaxQueryBytes { get; set; } = 64 * 1024;

    /// <summary>How often keys and certificates are looked at for rotation.</summary>
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the first and last serial number go to the audit log.</summary>
    public TimeSpan EvidencePeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long tokens may be issued while the audit log can't take the serial numbers; then the authority stops.</summary>
    public TimeSpan EvidenceLimit { get; set; } = TimeSpan.FromHours(1);

    /// <summary>PostgreSQL connection string, where serial numbers are leased; empty: <c>ConnectionStrings:Database</c>.</summary>
    public string ConnectionString { get; set; } = "";
}
