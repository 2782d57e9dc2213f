namespace EContract.Ca.Store;

/// <summary>How far issuance has come (docs/issuance-cycle.md).</summary>
public enum CertificateState
{
    /// <summary>Serial and plan are stored; the key may have signed, nothing was released.</summary>
    Planned = 1,

    Issued = 2,

    /// <summary>Given up before release; the serial is never used again.</summary>
    Void = 3,
}
