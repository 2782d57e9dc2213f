namespace EContract.Ca.Profiles;

/// <summary>Which CRL the certificate points to.</summary>
public enum CrlPolicy
{
    /// <summary>None: self-signed roots, and OCSP responders with nocheck.</summary>
    None,

    /// <summary>The authority's complete CRL.</summary>
    Full,

    /// <summary>The shard that the certificate was put in when it was issued.</summary>
    Sharded,
}
