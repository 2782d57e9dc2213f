using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Policies;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>A document that was read and is ready to be judged, once the context holds what can be had.</summary>
internal interface IJudgedDocument
{
    /// <summary>Puts what the document carries into the context; gives the certificates whose paths will be wanted.</summary>
    IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context);

    /// <summary>What proofs of existence of the whole document are about.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Objects { get; }

    /// <summary>The verdicts. The report's frame is the caller's.</summary>
    ValidationReport Judge(ValidationContext context, ValidationReport frame);
}
