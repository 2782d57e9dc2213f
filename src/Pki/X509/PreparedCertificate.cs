namespace EContract.Pki.X509;

/// <summary>The exact to-be-signed bytes of one certificate. A one-shot value: <see cref="Complete"/> succeeds once, so that no plan yields two certificates.</summary>
public sealed class PreparedCertificate
{
    private int _completed;

    internal PreparedCertificate(AlgorithmIdentifier signatureAlgorithm, ReadOnlyMemory<byte> toBeSigned)
    {
        SignatureAlgorithm = signatureAlgorithm;
        ToBeSigned = toBeSigned;
    }

    public AlgorithmIdentifier SignatureAlgorithm { get; }

    public ReadOnlyMemory<byte> ToBeSigned { get; }

    /// <summary>Puts a plan that was stored back into its one-shot form.</summary>
    /// <exception cref="MalformedException">The stored bytes are no TBSCertificate.</exception>
    public static PreparedCertificate FromStored(ReadOnlyMemory<byte> toBeSigned) =>
        new(TbsCertificate.Decode(toBeSigned).Signature, toBeSigned);

    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public Certificate Complete(ReadOnlySpan<byte> signature)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            throw new InvalidOperationException("This certificate has been completed already.");
        }

        return Certificate.Decode(SignedObject.Encode(ToBeSigned, SignatureAlgorithm, signature));
    }
}
