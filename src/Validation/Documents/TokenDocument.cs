using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Collection;
using EContract.Validation.Policies;
using EContract.Validation.Processes;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>A time-stamp token by itself (RFC 3161).</summary>
internal sealed class TokenDocument(TimeStampToken token, ContentDigests? stamped) : IJudgedDocument
{
    private readonly CmsMaterial _material = CmsMaterial.Of(token.SignedData);

    public IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context)
    {
        _material.AddTo(context.Collected);
        return Signers.Of(token, context) is { } authority ? [(authority, AnchorPurpose.TimeStamping)] : [];
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Objects => [.. _material.Objects];

    public ValidationReport Judge(ValidationContext context, ValidationReport frame)
    {
        var stamp = new TimeStampObject("time-stamp-1", token, ImprintCheck.Of(token, stamped), []);
        IReadOnlyList<SignatureReport> reports = [new SignatureJudge(context).Judge(stamp, SignatureRole.TimeStampToken)];
        return frame with { Signatures = reports, Conclusion = Overall.Of(reports, []) };
    }
}
