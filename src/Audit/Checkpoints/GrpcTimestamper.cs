using EContract.Proto.Tsa.V1;
using Google.Protobuf;

namespace EContract.Audit.Checkpoints;

/// <summary>Time-stamps from our own authority.</summary>
public sealed class GrpcTimestamper(TimestampService.TimestampServiceClient client, TimeProvider time) : ICheckpointTimestamper
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public async Task<ReadOnlyMemory<byte>> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var request = new CreateTimestampRequest
        {
            DigestAlgorithm = DigestAlgorithm.Sha256,
            Digest = ByteString.CopyFrom(sha256.Span),
            IncludeCertificates = true,
        };
        var response = await client.CreateTimestampAsync(
            request,
            deadline: time.GetUtcNow().UtcDateTime + Deadline,
            cancellationToken: cancellationToken
        );
        return response.Token.Memory;
    }
}
