namespace EContract.Pdf.Reading;

/// <summary>What kind of change an update made, in the order of what certifications allow (ISO 32000-2 Table 257).</summary>
public enum ModificationLevel
{
    /// <summary>Nothing that a reader could see or a validator would use.</summary>
    None,

    /// <summary>Validation data, document time-stamps, metadata: allowed at every level (§12.8.2.2.2).</summary>
    ValidationData,

    /// <summary>Form fields were filled, or signatures added: allowed from level 2.</summary>
    FormFilling,

    /// <summary>Annotations were added, changed or removed: allowed from level 3.</summary>
    Annotating,

    /// <summary>Anything else: never allowed.</summary>
    Other,
}
