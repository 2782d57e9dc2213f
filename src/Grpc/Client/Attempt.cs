using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>How an attempt ended before the server committed to an answer.</summary>
/// <param name="Status">The server's, or what stands for the failure of the transport.</param>
/// <param name="Trailers">The server's.</param>
/// <param name="Pushback">The value of <c>grpc-retry-pushback-ms</c>.</param>
/// <param name="Failure">Of the transport; null if the server answered.</param>
internal readonly record struct Attempt(Status Status, Metadata Trailers, string? Pushback, Exception? Failure);
