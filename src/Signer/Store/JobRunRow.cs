namespace EContract.Signer.Store;

/// <summary>One run of an archive job on one node.</summary>
/// <param name="State">Running, Succeeded, Failed or Lost.</param>
public sealed record JobRunRow(
    long Id,
    string Job,
    string Node,
    string State,
    long Done,
    long Total,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? EndedAt,
    string Detail
);
