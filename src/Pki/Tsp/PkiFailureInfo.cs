namespace EContract.Pki.Tsp;

/// <summary>PKIFailureInfo, bit n as 1 &lt;&lt; n (RFC 3161 §2.4.2).</summary>
[Flags]
public enum PkiFailureInfo
{
    None = 0,

    /// <summary>Unrecognized or unsupported algorithm identifier.</summary>
    BadAlg = 1 << 0,

    /// <summary>Transaction not permitted or supported.</summary>
    BadRequest = 1 << 2,

    /// <summary>The data submitted has the wrong format.</summary>
    BadDataFormat = 1 << 5,

    /// <summary>The TSA's time source is not available.</summary>
    TimeNotAvailable = 1 << 14,

    /// <summary>The requested TSA policy is not supported by the TSA.</summary>
    UnacceptedPolicy = 1 << 15,

    /// <summary>The requested extension is not supported by the TSA.</summary>
    UnacceptedExtension = 1 << 16,

    /// <summary>The additional information requested could not be understood or is not available.</summary>
    AddInfoNotAvailable = 1 << 17,

    /// <summary>The request cannot be handled due to system failure.</summary>
    SystemFailure = 1 << 25,
}
