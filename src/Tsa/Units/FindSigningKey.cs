using EContract.Hsm.Keys;

namespace EContract.Tsa.Units;

/// <summary>Finds a private key by its label; null when there is none. In the service this is the token.</summary>
public delegate Task<ISigningKey?> FindSigningKey(string label, CancellationToken cancellationToken);
