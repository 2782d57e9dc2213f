namespace EContract.Stories.Tests;

/// <summary>Somebody whom the RA has approved, and who has not enrolled yet.</summary>
/// <param name="SubscriberId">At the RA.</param>
/// <param name="ApplicationId">For a certificate.</param>
/// <param name="Email">Where his one-time passwords go.</param>
internal sealed record Registered(string SubscriberId, string ApplicationId, string Email);
