namespace EContract.Signer.Archive.Locations;

/// <summary>The stores that registered documents may lie in, section <c>Signer:Archive:Locations</c>.</summary>
public sealed class LocationOptions
{
    /// <summary>Folder of <c>file:</c> locations; null: there are none.</summary>
    public string? Directory { get; set; }

    /// <summary>Of <c>s3:</c> locations; null: there are none.</summary>
    public S3Options? S3 { get; set; }
}
