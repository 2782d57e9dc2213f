namespace EContract.Grpc.Tests.Hostile;

/// <summary>RFC 9113 §6.</summary>
public enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}
