namespace EContract.Cli.Demo;

/// <summary>Where the demonstration plays: the local server's state folder and addresses.</summary>
/// <param name="Home">State folder, absolute.</param>
/// <param name="Server">gRPC address.</param>
/// <param name="Http">Public HTTP address.</param>
internal sealed record DemoStage(string Home, string Server, string Http)
{
    /// <summary>Results.</summary>
    public string Results { get; } = Directory.CreateDirectory(Path.Combine(Home, "demo")).FullName;

    /// <summary>Intermediate files for the foreign programs.</summary>
    public string Evidence { get; } = Directory.CreateDirectory(Path.Combine(Home, "demo", "evidence")).FullName;

    /// <summary>The root's certificate: all that a verifier needs to trust.</summary>
    public string Root => Path.Combine(Home, "pki", "root.pem");

    public string Result(string name) => Path.Combine(Results, name);
}
