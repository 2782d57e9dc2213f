namespace EContract.Grpc.Wire;

/// <summary>How messages of one direction of a call may be compressed.</summary>
internal enum MessageEncoding
{
    Identity,
    Gzip,
}
