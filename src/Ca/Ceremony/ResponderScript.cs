namespace EContract.Ca.Ceremony;

/// <summary>The delegated OCSP responder of a CA.</summary>
public sealed record ResponderScript(IReadOnlyList<IReadOnlyList<string>> Subject, KeyScript Key, string Profile = "ocsp-responder");
