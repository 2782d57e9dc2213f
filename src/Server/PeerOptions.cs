namespace EContract.Server;

/// <summary>Section <c>Peers</c>: roles in other processes, and how to prove ourselves to them.</summary>
public sealed class PeerOptions
{
    /// <summary><c>https://host:port</c> of the certificate authority.</summary>
    public string? Ca { get; set; }

    /// <summary><c>https://host:port</c> of the time-stamp authority.</summary>
    public string? Tsa { get; set; }

    /// <summary>PEM file: our client certificate, with the role <c>service</c> at the peers, then its chain without the root. Taken up anew when it changes.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with its private key.</summary>
    public string? Key { get; set; }

    /// <summary>PEM file with the CA certificates that the peers' certificates must chain to.</summary>
    public string? Anchors { get; set; }
}
