namespace EContract.Validation.Online;

/// <summary>Something that was wanted and not fetched, with the reason for people.</summary>
/// <param name="What">For example <c>OCSP for CN=…</c>.</param>
public sealed record FetchFailure(string What, string Location, string Reason);
