using System.Text;

namespace EContract.TestKit;

/// <summary>The demonstration's installation, as ./run makes it.</summary>
public static class Demonstration
{
    /// <summary>demo/ceremony.json for a repository at this address.</summary>
    public static byte[] ReadCeremony(string baseUrl = "http://127.0.0.1:7080") =>
        Encoding.UTF8.GetBytes(
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "demo", "ceremony.json"))
                .Replace("@BASE_URL@", baseUrl, StringComparison.Ordinal)
        );
}
