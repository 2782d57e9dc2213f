namespace EContract.Ca.Ceremony;

/// <summary>A new certificate for the OCSP responder of a CA that exists; running Ca roles answer with it from then on.</summary>
/// <param name="Id">Its own, e.g. "ocsp-subscribers-2028".</param>
/// <param name="Authority">The id of the CA, which must be online.</param>
/// <param name="Key">A new token key, or the one in use (<see cref="KeyScript.Kept"/>).</param>
public sealed record ResponderRenewalScript(
    string Id,
    string Authority,
    IReadOnlyList<IReadOnlyList<string>> Subject,
    KeyScript Key,
    string Profile = "ocsp-responder"
);
