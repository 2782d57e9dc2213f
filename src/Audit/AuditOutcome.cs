namespace EContract.Audit;

/// <summary>How the recorded act ended. The numbers are in the canonical encoding and never change.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Succeeded = 1,

    /// <summary>We said no: wrong PIN, missing role, policy.</summary>
    Refused = 2,

    /// <summary>It could not be done: a fault.</summary>
    Failed = 3,

    /// <summary>It is about to be done; a later record with the same object tells how it ended. None: it was interrupted.</summary>
    Intended = 4,
}
