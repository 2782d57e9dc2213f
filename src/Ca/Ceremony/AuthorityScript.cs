namespace EContract.Ca.Ceremony;

/// <summary>A CA: its key, its certificate and, if it is online, its OCSP responder.</summary>
/// <param name="Id">Its name in URLs, e.g. "subscribers-g1".</param>
/// <param name="Group">What profiles name, e.g. "subscribers"; within a group the CA made last issues.</param>
/// <param name="Issuer">The id of the certifying CA, also of an earlier ceremony; null: self-signed.</param>
/// <param name="Subject">Attribute and value in order, e.g. ["C", "JP"].</param>
/// <param name="Online">Whether the Ca role signs with its key; a root is offline and signs in ceremonies only.</param>
/// <param name="Shards">Parts of its sharded CRL.</param>
/// <param name="CrlDays">How long the CRL of an offline CA is valid.</param>
public sealed record AuthorityScript(
    string Id,
    string Group,
    string Profile,
    IReadOnlyList<IReadOnlyList<string>> Subject,
    KeyScript Key,
    string? Issuer = null,
    bool Online = true,
    int Shards = 1,
    bool DeltaCrl = false,
    int CrlDays = 365,
    ResponderScript? Ocsp = null
);
