namespace EContract.Tsa.Evidence;

/// <summary>Records an event; durable when the task completes. In the service this is the audit log.</summary>
public delegate Task RecordTsaEvent(TsaEvent evidence, CancellationToken cancellationToken);
