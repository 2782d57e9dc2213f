using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>What a field's author requires of its signature (ISO 32000-2 §12.7.5.5, Table 237). What is only wished for is not enforced.</summary>
internal static class SeedValue
{
    private const int Filter = 1;
    private const int SubFilter = 1 << 1;
    private const int Version = 1 << 2;
    private const int Reasons = 1 << 3;
    private const int LegalAttestation = 1 << 4;
    private const int DigestMethod = 1 << 6;

    public static void Admit(PdfDocument document, PdfDictionary field, SignatureRequest request, string subFilter)
    {
        if (document.Get<PdfDictionary>(field, "SV") is not { } seed)
        {
            return;
        }
        long required = document.Get<PdfInteger>(seed, "Ff")?.Value ?? 0;
        if ((required & Filter) != 0 && document.Get<PdfName>(seed, "Filter") is { Value: not "Adobe.PPKLite" } handler)
        {
            throw Violated($"signature handler {handler.Value}");
        }
        if ((required & SubFilter) != 0 && Names(document, seed, "SubFilter") is { Count: > 0 } formats && !formats.Contains(subFilter))
        {
            throw Violated($"/SubFilter {string.Join(" or ", formats)}");
        }
        if ((required & Version) != 0 && document.Resolve(seed["V"]) is PdfNumber { AsDouble: > 3 } version)
        {
            throw Violated($"a seed value parser of version {version}");
        }
        if (
            (required & DigestMethod) != 0
            && Names(document, seed, "DigestMethod") is { Count: > 0 } digests
            && !digests.Contains(request.DigestAlgorithm.Name!)
        )
        {
            throw Violated($"digest {string.Join(" or ", digests)}");
        }
        if ((required & Reasons) != 0 && Names(document, seed, "Reasons") is { Count: > 0 } reasons)
        {
            // Table 237: a single period means that no reason may be given.
            bool allowed = reasons is ["."] ? request.Reason is null : request.Reason is not null && reasons.Contains(request.Reason);
            if (!allowed)
            {
                throw Violated(reasons is ["."] ? "no reason" : $"one of its reasons: {string.Join(", ", reasons)}");
            }
        }
        if ((required & LegalAttestation) != 0 && seed["LegalAttestation"] is not null)
        {
            throw Violated("a legal attestation");
        }
        // Table 237, MDP: P = 0 wants an approval signature, 1…3 a certification of that level; always a requirement.
        if (
            document.Get<PdfDictionary>(seed, "MDP") is { } mdp
            && document.Get<PdfInteger>(mdp, "P") is { Value: >= 0 and <= 3 } level
            && level.Value != (long)request.Certification
        )
        {
            throw Violated(level.Value == 0 ? "an approval signature" : $"a certification of level {level.Value}");
        }
    }

    private static List<string> Names(PdfDocument document, PdfDictionary seed, string key) =>
        [
            .. (document.Get<PdfArray>(seed, key) ?? [])
                .Select(document.Resolve)
                .Select(value => value is PdfName name ? name.Value : (value as PdfString)?.ToText())
                .OfType<string>(),
        ];

    private static PdfRefusedException Violated(string what) => new(PdfRefusal.SeedValueViolated, $"the field requires {what}");
}
