namespace EContract.Hsm;

/// <summary>What an <see cref="HsmException"/> means to the caller, whatever CK_RV stood behind it.</summary>
public enum HsmFault
{
    /// <summary>The token, its sessions, its login or its module is gone for now; it heals by itself. gRPC: UNAVAILABLE.</summary>
    Unavailable,

    /// <summary>All sessions are taken and the queue is full or the wait was too long. gRPC: RESOURCE_EXHAUSTED.</summary>
    Busy,

    /// <summary>A native call didn't come back in time; its session was written off. gRPC: UNAVAILABLE.</summary>
    Hanging,

    /// <summary>The token gave a signature that its public key doesn't verify; it was not released. gRPC: UNAVAILABLE.</summary>
    FaultySignature,

    /// <summary>No such key, or a half-made one. gRPC: FAILED_PRECONDITION.</summary>
    KeyNotFound,

    /// <summary>A key of that label exists already. gRPC: ALREADY_EXISTS.</summary>
    KeyExists,

    /// <summary>The wrapped key has been altered or cut. gRPC: DATA_LOSS.</summary>
    BlobCorrupted,

    /// <summary>The wrapped key belongs to another token or master key. gRPC: FAILED_PRECONDITION.</summary>
    BlobOfOtherToken,

    /// <summary>The wrapped key belongs to another credential. gRPC: FAILED_PRECONDITION.</summary>
    BlobOfOtherCredential,

    /// <summary>The token refuses our PIN; no further login is tried before the PIN's source changes. gRPC: UNAVAILABLE.</summary>
    PinRefused,

    /// <summary>The token can't do that, or the request is wrong; repeating doesn't help. gRPC: INTERNAL.</summary>
    Refused,
}
