namespace EContract.Pdf;

/// <summary>Why a well-formed document is not signed as asked. The names are stable reason codes.</summary>
public enum PdfRefusal
{
    /// <summary>The document is encrypted (ISO 32000-2 §7.6): what a signer sees can't be shown without its password.</summary>
    Encrypted,

    /// <summary>The document, or something in it, is larger than <see cref="PdfLimits"/> allows.</summary>
    TooLarge,

    /// <summary>A certification or lock of an earlier signature forbids every change (DocMDP P=1, ISO 32000-2 §12.8.2.2).</summary>
    ChangesForbidden,

    /// <summary>An earlier signature locked the field (FieldMDP, ISO 32000-2 §12.8.2.4).</summary>
    FieldLocked,

    /// <summary>A certification signature was asked, but the document has been signed before (ISO 32000-2 §12.8.2.2.1).</summary>
    CertificationNotFirst,

    /// <summary>The named field is already signed.</summary>
    FieldAlreadySigned,

    /// <summary>The named field exists and is no signature field.</summary>
    NotASignatureField,

    /// <summary>The field's seed value (ISO 32000-2 §12.7.5.5) requires what was not asked.</summary>
    SeedValueViolated,

    /// <summary>The document has no such page.</summary>
    NoSuchPage,

    /// <summary>The rectangle is empty or not wholly inside the visible page.</summary>
    RectangleOutsidePage,

    /// <summary>The text can't be made small enough for the rectangle and still be read.</summary>
    TextDoesNotFit,

    /// <summary>The signature doesn't fit the space that was reserved for it.</summary>
    ContentsTooSmall,

    /// <summary>The original isn't the one that the signature was prepared for.</summary>
    OriginalChanged,

    /// <summary>The text can't be shown: a glyph is in none of the fonts, or the font may not be embedded.</summary>
    FontUnusable,

    /// <summary>The image is no PNG or JPEG that can be embedded.</summary>
    ImageUnusable,

    /// <summary>The cross-reference is damaged: which objects make up the document would be a viewer's guess, so nobody can say what was signed.</summary>
    Damaged,

    /// <summary>The document's form is defined by XFA alone, which is not part of the signed pages (deprecated in ISO 32000-2 §12.7.8).</summary>
    DynamicForm,
}
