using EContract.Validation.Conclusions;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>The verdict on a document from those on its signatures.</summary>
internal static class Overall
{
    /// <summary>
    /// The worst of the signatures; of the time-stamps alone if nobody signed. A time-stamp that is not trusted is as if it were not there (ETSI EN
    /// 319 102-1 §5.5.4), but one that is broken tells that somebody tampered.
    /// </summary>
    public static Conclusion Of(IReadOnlyList<SignatureReport> signatures, IReadOnlyList<Finding> document)
    {
        if (signatures.Count == 0)
        {
            return Conclusion
                .Indeterminate(
                    SubIndication.NoSignatureFound,
                    FindingCode.NoSignature,
                    "ETSI EN 319 102-1 §5.2.2",
                    "there is no signature and no time-stamp"
                )
                .With(document);
        }

        var all = signatures.SelectMany(s => s.TimeStamps.Prepend(s)).ToList();
        var deciding = signatures.Where(s => !s.IsTimeStamp).ToList();
        var counting = (deciding.Count > 0 ? deciding : signatures).Concat(all.Where(s => s.Conclusion.Indication == Indication.Failed));
        var worst = counting.MaxBy(s => s.Conclusion.Indication)!;
        return worst.Conclusion.IsPassed
            ? Conclusion.Passed.With(document)
            : new Conclusion(
                worst.Conclusion.Indication,
                worst.Conclusion.SubIndication,
                [.. worst.Conclusion.Findings.Select(f => f with { Detail = $"{worst.Id}: {f.Detail}" }), .. document]
            );
    }
}
