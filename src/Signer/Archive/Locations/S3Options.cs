namespace EContract.Signer.Archive.Locations;

/// <summary>An S3-compatible store.</summary>
public sealed class S3Options
{
    /// <summary>For example <c>https://s3.example.co.jp</c>; null: Amazon's, by region.</summary>
    public string? Endpoint { get; set; }

    public string Region { get; set; } = "ap-northeast-1";

    /// <summary>Documents in other buckets are refused.</summary>
    public IList<string> Buckets { get; } = [];

    /// <summary>Null: the environment's credentials, as the SDK finds them.</summary>
    public string? AccessKey { get; set; }

    public string? SecretKey { get; set; }

    /// <summary>Addresses buckets as paths, as most S3-compatible stores want it.</summary>
    public bool PathStyle { get; set; } = true;
}
