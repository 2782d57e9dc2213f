namespace EContract.Hosting.Callers;

/// <summary>What a caller is for. A caller may hold several. Spelled in configuration in kebab-case, for example <c>ra-maker</c>.</summary>
public enum Role
{
    /// <summary>Front-end portal: enrols, starts and completes signings.</summary>
    Portal,

    /// <summary>RA operator who makes changes (担当者).</summary>
    RaMaker,

    /// <summary>RA operator who approves changes (承認者).</summary>
    RaApprover,

    /// <summary>Archive job.</summary>
    Archive,

    /// <summary>Reads and exports the audit log.</summary>
    Auditor,

    /// <summary>Operates the service.</summary>
    Admin,

    /// <summary>Load test of the hash-and-sign hot path.</summary>
    Load,

    /// <summary>Another role of this service (Signer to CA, Signer to TSA …).</summary>
    Service,
}
