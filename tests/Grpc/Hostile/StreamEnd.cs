namespace EContract.Grpc.Tests.Hostile;

/// <summary>How a stream ended: with a gRPC status, with an HTTP status alone, or with an HTTP/2 error code of the stream or connection.</summary>
public sealed record StreamEnd(string? GrpcStatus, string? HttpStatus, uint? ErrorCode, bool ConnectionClosed);
