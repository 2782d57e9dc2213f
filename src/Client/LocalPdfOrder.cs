using EContract.Pdf;
using EContract.Proto.Signer.V1;

namespace EContract.Client;

/// <summary>A PDF that is prepared here.</summary>
/// <param name="Name">As the subscriber's message shows it.</param>
/// <param name="Document">Seekable; read from its beginning.</param>
/// <param name="Request">Field, place and looks of the signature; its algorithm must be that of the credential's key (SHA-384 for P-384, SHA-256 otherwise).</param>
/// <param name="Role">In which role the party signs.</param>
public sealed record LocalPdfOrder(
    string Name,
    Stream Document,
    SignatureRequest Request,
    string Role = "",
    SignatureLevel Level = SignatureLevel.BT
);
