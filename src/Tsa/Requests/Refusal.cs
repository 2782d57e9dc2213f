using EContract.Pki.Tsp;

namespace EContract.Tsa.Requests;

/// <summary>A refusal and its encoding: they are few and always the same, so each is encoded once.</summary>
public sealed class Refusal
{
    public static readonly Refusal Malformed = new(PkiFailureInfo.BadDataFormat, "The query is not a DER TimeStampReq (RFC 3161 2.4.1).");
    public static readonly Refusal Version = new(PkiFailureInfo.BadRequest, "The version of a TimeStampReq is 1.");
    public static readonly Refusal HashAlgorithm = new(
        PkiFailureInfo.BadAlg,
        "The hash algorithm is not accepted; use SHA-256, SHA-384 or SHA-512."
    );
    public static readonly Refusal HashParameters = new(
        PkiFailureInfo.BadAlg,
        "The parameters of the hash algorithm must be absent or NULL."
    );
    public static readonly Refusal ImprintLength = new(
        PkiFailureInfo.BadDataFormat,
        "hashedMessage is not as long as its algorithm's output."
    );
    public static readonly Refusal Policy = new(PkiFailureInfo.UnacceptedPolicy, "The requested policy is not served here.");
    public static readonly Refusal Extension = new(PkiFailureInfo.UnacceptedExtension, "No extension is supported.");
    public static readonly Refusal Time = new(PkiFailureInfo.TimeNotAvailable, "The declared accuracy can't be proven at the moment.");
    public static readonly Refusal Overload = new(PkiFailureInfo.SystemFailure, "Too many requests wait; repeat later.");
    public static readonly Refusal Failure = new(PkiFailureInfo.SystemFailure, "No token can be made at the moment; repeat later.");

    private Refusal(PkiFailureInfo failInfo, string text)
    {
        Status = new PkiStatusInfo(PkiStatus.Rejection, text, failInfo);
        FailureName = failInfo.ToString();
        Encoded = new TimeStampResp(Status, null).Encode();
    }

    public PkiStatusInfo Status { get; }

    internal string FailureName { get; }

    /// <summary>The TimeStampResp.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }
}
