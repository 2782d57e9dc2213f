using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Validation.Conclusions;

namespace EContract.Validation.BuildingBlocks;

/// <summary>The format checking building block (ETSI EN 319 102-1 §5.2.2) for CMS and CAdES.</summary>
internal static class FormatChecking
{
    private const string Clause = "ETSI EN 319 102-1 §5.2.2";

    /// <summary>All signatures of a SignedData, or why there are none to judge.</summary>
    /// <param name="detached">Digests of content that is not in the SignedData; null: none is at hand.</param>
    public static (IReadOnlyList<SignatureObject> Signatures, Conclusion Conclusion) Read(
        ReadOnlyMemory<byte> contentInfo,
        ContentDigests? detached
    )
    {
        SignedData signedData;
        try
        {
            signedData = SignedData.Decode(contentInfo);
        }
        catch (MalformedException e)
        {
            return ([], Failure(e));
        }

        if (signedData.SignerInfos.Count == 0)
        {
            return (
                [],
                Conclusion.Failed(SubIndication.FormatFailure, FindingCode.NoSignerInfo, Clause, "the SignedData has no SignerInfo")
            );
        }

        var content = signedData.Content is { } encapsulated ? ContentDigests.Of(encapsulated) : detached;
        try
        {
            return ([.. signedData.SignerInfos.Select(signer => Read(signedData, signer, content))], Conclusion.Passed);
        }
        catch (MalformedException e)
        {
            return ([], Failure(e));
        }
    }

    public static SignatureObject Read(SignedData signedData, SignerInfo signer, ContentDigests? content) =>
        new()
        {
            SignedData = signedData,
            Signer = signer,
            SignedAttributes = signer.DecodeSignedAttributes(),
            Content = content,
        };

    public static Conclusion Failure(MalformedException malformed) =>
        Conclusion.Failed(SubIndication.FormatFailure, FindingCode.Malformed, malformed.Clause, malformed.Detail);
}
