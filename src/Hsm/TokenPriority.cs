namespace EContract.Hsm;

/// <summary>Who goes first when all sessions are taken.</summary>
public enum TokenPriority
{
    /// <summary>A person waits: portal calls, time-stamps, OCSP.</summary>
    Interactive = 0,

    /// <summary>Registration-authority operators.</summary>
    Registration = 1,

    /// <summary>Archive jobs.</summary>
    Archive = 2,

    /// <summary>Load tests.</summary>
    Load = 3,
}
