using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Validation.Signatures;

namespace EContract.Validation.BuildingBlocks;

/// <summary>One signature that is to be judged: a SignerInfo with what it signs.</summary>
internal sealed record SignatureObject
{
    public required SignedData SignedData { get; init; }

    public required SignerInfo Signer { get; init; }

    /// <summary>Empty if there are none.</summary>
    public required IReadOnlyList<CmsAttribute> SignedAttributes { get; init; }

    /// <summary>The digests of the signed content; null if the content is not at hand.</summary>
    public required ContentDigests? Content { get; init; }

    /// <summary>As certificates would write it.</summary>
    public AlgorithmIdentifier SignatureAlgorithm => SignatureVerifier.OfSigner(Signer.SignatureAlgorithm, Signer.DigestAlgorithm);

    /// <summary>What proofs of existence of the signature are about.</summary>
    public ReadOnlyMemory<byte> Value => Signer.Signature;

    /// <summary>The one value of a signed attribute; null if the attribute is absent.</summary>
    /// <exception cref="MalformedException">It is there twice, or has not exactly one value (RFC 5652 §11).</exception>
    public ReadOnlyMemory<byte>? FindSigned(string oid)
    {
        var found = SignedAttributes.Where(a => a.Oid == oid).ToList();
        return found switch
        {
            [] => default(ReadOnlyMemory<byte>?), // a bare null would be an empty memory
            [{ Values: [var value] }] => value,
            _ => throw new MalformedException("RFC 5652 §11", $"signed attribute {oid} is not there exactly once with one value"),
        };
    }
}
