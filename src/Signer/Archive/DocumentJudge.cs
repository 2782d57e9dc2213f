using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Archive.Augmentation;
using EContract.Validation;
using EContract.Validation.Conclusions;
using EContract.Validation.Online;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive;

/// <summary>
/// Judges a document before anything is added. A time-stamp over what is broken already would only make it look better than it is, so it is refused,
/// unless the caller wants the evidence preserved as it is.
/// </summary>
public sealed class DocumentJudge(
    ArchivePolicy policy,
    AnchorStore anchors,
    [FromKeyedServices(ArchiveComposition.Key)] Fetcher fetcher,
    TimeProvider time
)
{
    private const int MaxFindings = 5;

    private readonly ValidationPolicy _policy = policy.Validation.Trusting(anchors.Anchors.Select(a => new PolicyAnchor(a)));

    /// <param name="document">A PDF, seekable.</param>
    public async Task<IReadOnlyList<DocumentVerdict>> JudgePdfAsync(
        Stream document,
        AugmentationOrder order,
        CancellationToken cancellationToken
    )
    {
        var report = await Validator().ValidatePdfAsync(document, null, cancellationToken);
        var judged = report.Signatures.Where(s =>
            s.IsTimeStamp || order.Signatures.Count == 0 || order.Signatures.Contains(s.Pdf?.FieldName ?? s.Id)
        );
        return Require([.. judged], order);
    }

    public async Task<IReadOnlyList<DocumentVerdict>> JudgeCmsAsync(
        ReadOnlyMemory<byte> cms,
        IReadOnlyDictionary<string, byte[]> contentDigests,
        AugmentationOrder order,
        CancellationToken cancellationToken
    )
    {
        // One digest is enough for the signature; archive time-stamps in another algorithm are judged as far as that goes.
        var request = new ValidationRequest
        {
            ContentDigest =
                contentDigests.Count > 0 ? (new HashAlgorithmName(contentDigests.First().Key), contentDigests.First().Value) : null,
        };
        var report = await Validator().ValidateCmsAsync(cms, request, cancellationToken);
        return Require(report.Signatures, order);
    }

    private SignatureValidator Validator() => new(_policy, time, anchors.Known, new OnlineSource(fetcher));

    private static List<DocumentVerdict> Require(IReadOnlyList<SignatureReport> judged, AugmentationOrder order)
    {
        var verdicts = judged.Select(Verdict).ToList();
        // Where nothing was found to judge, reading it for the augmentation gives the truer reason.
        var broken = judged.FirstOrDefault(s => IsBroken(s.Conclusion));
        if (broken?.Conclusion is { } failed && !order.PreserveEvidence)
        {
            throw new ServiceException(
                Fault.EvidenceBroken,
                $"{NameOf(broken)}: {failed}{failed.Findings.Select(f => $"; {f.Detail}").FirstOrDefault()}",
                ("indication", StandardNames.Of(failed.Indication)),
                ("sub_indication", failed.SubIndication is { } reason ? StandardNames.Of(reason) : "")
            );
        }

        return verdicts;
    }

    /// <summary>
    /// Beyond mending: proven false, or proof came too late. Where only data are missing, the collection says which, and that is the truer reason.
    /// </summary>
    private static bool IsBroken(Conclusion conclusion) =>
        conclusion.Indication == Indication.Failed
        || conclusion.Indication == Indication.Indeterminate
            && conclusion.SubIndication
                is not (SubIndication.TryLater or SubIndication.NoCertificateChainFound or SubIndication.NoSigningCertificateFound);

    private static DocumentVerdict Verdict(SignatureReport report) =>
        new(
            NameOf(report),
            StandardNames.Of(report.Conclusion.Indication),
            report.Conclusion.SubIndication is { } reason ? StandardNames.Of(reason) : "",
            [.. report.Conclusion.Findings.Take(MaxFindings).Select(f => f.Detail)]
        );

    private static string NameOf(SignatureReport report) => report.Pdf?.FieldName ?? report.Id;
}
