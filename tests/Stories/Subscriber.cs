namespace EContract.Stories.Tests;

/// <summary>Somebody who enrolled.</summary>
/// <param name="Id">At the RA.</param>
/// <param name="Email">Where his one-time passwords go.</param>
/// <param name="Pin">Of his own choice.</param>
/// <param name="CredentialId">His key at the Signer.</param>
/// <param name="SerialNumber">His certificate.</param>
internal sealed record Subscriber(string Id, string Email, string Pin, string CredentialId, string SerialNumber);
