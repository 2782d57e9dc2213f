using EContract.Pki.X509;

namespace EContract.Pki.Pkcs10;

/// <summary>The exact to-be-signed bytes of a certification request.</summary>
public sealed class PreparedRequest
{
    private readonly AlgorithmIdentifier _algorithm;

    internal PreparedRequest(AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> toBeSigned)
    {
        _algorithm = algorithm;
        ToBeSigned = toBeSigned;
    }

    public ReadOnlyMemory<byte> ToBeSigned { get; }

    public CertificationRequest Complete(ReadOnlySpan<byte> signature) =>
        CertificationRequest.Decode(SignedObject.Encode(ToBeSigned, _algorithm, signature));
}
