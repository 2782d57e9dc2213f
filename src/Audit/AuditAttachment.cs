namespace EContract.Audit;

/// <summary>A piece of evidence in bytes that belongs to a record.</summary>
/// <param name="Name">snake_case, unique within the event, for example <c>certificate</c>, <c>signature</c>, <c>timestamp</c>.</param>
/// <param name="MediaType">For example <c>application/pkix-cert</c>.</param>
/// <param name="Content">The bytes; at most 1 MiB.</param>
/// <param name="Personal">Erased together with the person's data (<see cref="AuditEvent.PersonId"/>).</param>
public sealed record AuditAttachment(string Name, string MediaType, ReadOnlyMemory<byte> Content, bool Personal = false);
