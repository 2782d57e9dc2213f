namespace EContract.Tsa.Requests;

/// <summary>The digests that may be time-stamped: what the CRYPTREC list keeps of SHA-2.</summary>
public enum ImprintDigest
{
    Sha256 = 1,
    Sha384 = 2,
    Sha512 = 3,
}
