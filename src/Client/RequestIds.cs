using System.Security.Cryptography;

namespace EContract.Client;

/// <summary>Ids by which a call can be repeated without being done twice.</summary>
internal static class RequestIds
{
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
