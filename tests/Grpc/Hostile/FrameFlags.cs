namespace EContract.Grpc.Tests.Hostile;

/// <summary>RFC 9113 §6.</summary>
[Flags]
public enum FrameFlags : byte
{
    None = 0,
    EndStream = 1,
    EndHeaders = 4,
}
