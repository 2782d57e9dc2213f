using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>What the signatures that a document already has still allow (ISO 32000-2 §12.8.2).</summary>
internal sealed class EarlierSignatures
{
    private readonly List<(string Signer, FieldLock Lock)> _locks = [];
    private readonly CertificationLevel _permitted = CertificationLevel.Annotating;
    private readonly string? _restrictedBy;
    private readonly bool _any;
    private readonly bool _certified;

    public EarlierSignatures(PdfDocument document, FieldTree fields)
    {
        if (
            document.Get<PdfDictionary>(document.Catalog, "Perms") is { } perms
            && document.Get<PdfDictionary>(perms, "DocMDP") is { } certification
        )
        {
            (_any, _certified) = (true, true);
            Restrict(
                ref _permitted,
                ref _restrictedBy,
                PermissionOf(document, certification) ?? CertificationLevel.FormFilling,
                "the certification"
            );
        }
        foreach (FormField field in fields.Fields.Where(f => f.IsSignature))
        {
            if (document.Resolve(field.Value) is not PdfDictionary signature)
            {
                continue;
            }
            _any = true;
            if (PermissionOf(document, signature) is { } level)
            {
                _certified = true;
                Restrict(ref _permitted, ref _restrictedBy, level, $"the signature in field {field.Name}");
            }
            // The lock counts as signed into the document; where only the field has it, it was still shown to the signer.
            foreach (FieldLock locked in LocksOf(document, signature))
            {
                _locks.Add((field.Name, locked));
            }
            if (document.Get<PdfDictionary>(field.Dictionary, "Lock") is { } own && Level(document.Resolve(own["P"])) is { } permission)
            {
                Restrict(ref _permitted, ref _restrictedBy, permission, $"the lock of field {field.Name}");
            }
        }
    }

    /// <summary>Refuses what an earlier signature forbids.</summary>
    /// <param name="request">what is asked</param>
    /// <param name="existing">name of the existing field that would be filled, or null for a new one</param>
    public void Admit(SignatureRequest request, string? existing)
    {
        if (request.Format == SignatureFormat.DocumentTimeStamp)
        {
            return; // §12.8.2.2.2: never a violation, whatever the level (validation data must remain addable)
        }
        if (request.Certification != CertificationLevel.None && (_any || _certified))
        {
            throw new PdfRefusedException(PdfRefusal.CertificationNotFirst, "the document has a signature; only the first can certify it");
        }
        if (_permitted == CertificationLevel.NoChanges)
        {
            throw new PdfRefusedException(
                PdfRefusal.ChangesForbidden,
                $"{_restrictedBy} allows no further change, hence no further signature"
            );
        }
        foreach ((string signer, FieldLock locked) in _locks)
        {
            if (existing is not null && locked.Locks(existing))
            {
                throw new PdfRefusedException(PdfRefusal.FieldLocked, $"the signature in field {signer} locked field {existing}");
            }
        }
    }

    /// <summary>The DocMDP level that a signature dictionary states.</summary>
    internal static CertificationLevel? PermissionOf(PdfDocument document, PdfDictionary signature)
    {
        foreach (PdfDictionary reference in References(document, signature, "DocMDP"))
        {
            PdfDictionary? parameters = document.Get<PdfDictionary>(reference, "TransformParams");
            return Level(document.Resolve(parameters?["P"])) ?? CertificationLevel.FormFilling; // Table 257: default 2
        }
        return null;
    }

    /// <summary>The FieldMDP locks that a signature dictionary states.</summary>
    internal static IEnumerable<FieldLock> LocksOf(PdfDocument document, PdfDictionary signature) =>
        References(document, signature, "FieldMDP")
            .Select(reference => FieldLock.From(document.Get<PdfDictionary>(reference, "TransformParams"), document))
            .OfType<FieldLock>();

    private static IEnumerable<PdfDictionary> References(PdfDocument document, PdfDictionary signature, string method) =>
        (document.Get<PdfArray>(signature, "Reference") ?? [])
            .Select(document.Resolve)
            .OfType<PdfDictionary>()
            .Where(reference => document.Get<PdfName>(reference, "TransformMethod")?.Value == method);

    private static CertificationLevel? Level(PdfObject? value) =>
        value is PdfInteger { Value: >= 1 and <= 3 } level ? (CertificationLevel)level.Value : null;

    private static void Restrict(ref CertificationLevel permitted, ref string? by, CertificationLevel level, string who)
    {
        if (by is null || level < permitted)
        {
            (permitted, by) = (level, who);
        }
    }
}
