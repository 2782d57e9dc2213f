using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Collection;
using EContract.Validation.Policies;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>A CMS or CAdES signature, attached or detached, by any number of signers.</summary>
/// <param name="signatures">At least one; all of the same SignedData.</param>
internal sealed class CmsDocument(IReadOnlyList<SignatureObject> signatures) : IJudgedDocument
{
    private readonly CmsMaterial _material = CmsMaterial.Of(signatures[0].SignedData);

    public IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context)
    {
        _material.AddTo(context.Collected);
        foreach (var signature in signatures)
        {
            foreach (var signer in Signers.Of(signature, context))
            {
                yield return signer;
            }
        }
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Objects => [.. _material.Objects];

    public ValidationReport Judge(ValidationContext context, ValidationReport frame)
    {
        var judge = new SignatureJudge(context);
        var reports = signatures.Select((signature, index) => Judge(judge, $"signature-{index + 1}", signature)).ToList();
        return frame with { Signatures = reports, Conclusion = Overall.Of(reports, []) };
    }

    private static SignatureReport Judge(SignatureJudge judge, string id, SignatureObject signature) =>
        judge.Judge(id, signature, judge.JudgeTimeStamps(id, signature), notBefore: null, claimed: null);
}
