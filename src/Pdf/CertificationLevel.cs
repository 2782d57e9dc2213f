namespace EContract.Pdf;

/// <summary>What a certification signature still allows (DocMDP /P, ISO 32000-2 Table 257).</summary>
public enum CertificationLevel
{
    /// <summary>An approval signature: certifies nothing.</summary>
    None = 0,

    /// <summary>No change at all, no further signature; document time-stamps and validation data excepted.</summary>
    NoChanges = 1,

    /// <summary>Filling forms and signing.</summary>
    FormFilling = 2,

    /// <summary>Filling forms, signing and annotating.</summary>
    Annotating = 3,
}
