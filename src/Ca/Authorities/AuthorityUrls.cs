namespace EContract.Ca.Authorities;

/// <summary>Where an authority's answers are published; certificates carry these addresses (R15).</summary>
/// <param name="BaseUrl">Public address of the repository without a trailing slash, e.g. http://repository.example.co.jp.</param>
public sealed record AuthorityUrls(string BaseUrl)
{
    public string Ocsp(string authority) => $"{BaseUrl}/ocsp/{authority}";

    public string CaIssuers(string authority) => $"{BaseUrl}/ca/{authority}.cer";

    /// <param name="shard">Null for the complete CRL.</param>
    public string Crl(string authority, int? shard) =>
        shard is { } number
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{BaseUrl}/crl/{authority}/{number}.crl")
            : $"{BaseUrl}/crl/{authority}.crl";

    /// <summary>The delta to the CRL of the same scope (RFC 5280 §5.2.4).</summary>
    public string DeltaCrl(string authority, int? shard) => Crl(authority, shard)[..^".crl".Length] + ".delta.crl";
}
