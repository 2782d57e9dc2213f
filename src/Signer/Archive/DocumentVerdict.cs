namespace EContract.Signer.Archive;

/// <summary>What the validation said of a signature or time-stamp before anything was added.</summary>
/// <param name="Indication">As ETSI EN 319 102-1 writes it.</param>
public sealed record DocumentVerdict(string Name, string Indication, string SubIndication, IReadOnlyList<string> Findings);
