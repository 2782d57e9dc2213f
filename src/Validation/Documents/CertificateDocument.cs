using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Policies;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>A certificate by itself.</summary>
internal sealed class CertificateDocument(Certificate certificate, AnchorPurpose purpose) : IJudgedDocument
{
    public IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context) => [(certificate, purpose)];

    public IReadOnlyList<ReadOnlyMemory<byte>> Objects => [certificate.Encoded];

    public ValidationReport Judge(ValidationContext context, ValidationReport frame)
    {
        var judged = CertificateValidation.Validate(context, certificate, purpose, context.Time);
        return frame with
        {
            Conclusion = judged.Conclusion,
            Certificate = new CertificateReport
            {
                Certificate = certificate,
                Chain = judged.Path.Path,
                TrustAnchor = judged.Path.Anchor?.Certificate,
                Revocation = judged.Path.Revocation,
                RevokedAt = judged.RevokedAt,
                Policies = judged.Path.Policies,
            },
        };
    }
}
