namespace Grpc.Core;

/// <summary>How one message is written.</summary>
[Flags]
public enum WriteFlags
{
    None = 0,

    /// <summary>May wait in the buffer for the next message.</summary>
    BufferHint = 0x1,

    /// <summary>Not compressed even if the call is.</summary>
    NoCompress = 0x2,
}
