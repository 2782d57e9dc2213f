namespace EContract.Signer.Store;

/// <summary>How many documents are to be renewed in a month for a reason.</summary>
public sealed record ArchiveForecastRow(DateTimeOffset Month, string Reason, long Documents, long Size);
