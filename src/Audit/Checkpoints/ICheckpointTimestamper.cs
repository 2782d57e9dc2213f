namespace EContract.Audit.Checkpoints;

/// <summary>Gets RFC 3161 time-stamps for checkpoints.</summary>
public interface ICheckpointTimestamper
{
    /// <param name="sha256">Digest of what is stamped.</param>
    /// <returns>TimeStampToken (a CMS ContentInfo), DER, with the TSA's certificates.</returns>
    Task<ReadOnlyMemory<byte>> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}
