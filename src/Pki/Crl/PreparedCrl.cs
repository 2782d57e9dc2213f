namespace EContract.Pki.Crl;

/// <summary>The exact to-be-signed bytes of one CRL.</summary>
public sealed class PreparedCrl
{
    private const byte BitString = 0x03;
    private int _completed;

    internal PreparedCrl(AlgorithmIdentifier signatureAlgorithm, ReadOnlyMemory<byte> toBeSigned)
    {
        SignatureAlgorithm = signatureAlgorithm;
        ToBeSigned = toBeSigned;
    }

    public AlgorithmIdentifier SignatureAlgorithm { get; }

    public ReadOnlyMemory<byte> ToBeSigned { get; }

    /// <summary>The bytes of the CRL.</summary>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public byte[] Complete(ReadOnlySpan<byte> signature)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            throw new InvalidOperationException("This CRL has been completed already.");
        }

        return Assemble(signature);
    }

    /// <summary>The same bytes under another key's signature, to be linted and thrown away; doesn't use up <see cref="Complete"/>.</summary>
    public byte[] CompleteForLint(ReadOnlySpan<byte> throwawaySignature) => Assemble(throwawaySignature);

    private byte[] Assemble(ReadOnlySpan<byte> signature)
    {
        var algorithm = Asn1.Der.Encode(SignatureAlgorithm.Encode);
        var contentLength = ToBeSigned.Length + algorithm.Length + Asn1.Der.TotalLength(signature.Length + 1);
        var crl = new byte[Asn1.Der.TotalLength(contentLength)];
        var position = DerHeader.Write(crl, DerHeader.Sequence, contentLength);
        ToBeSigned.Span.CopyTo(crl.AsSpan(position));
        position += ToBeSigned.Length;
        algorithm.CopyTo(crl, position);
        position += algorithm.Length;
        position += DerHeader.Write(crl.AsSpan(position), BitString, signature.Length + 1);
        crl[position++] = 0; // no unused bits
        signature.CopyTo(crl.AsSpan(position));
        return crl;
    }
}
