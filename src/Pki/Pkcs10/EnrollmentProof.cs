using System.Security.Cryptography;
using System.Text;
using EContract.Pki.X509;

namespace EContract.Pki.Pkcs10;

/// <summary>
/// What vouches for a new key: a signature by the key of the token in which it was made, over the application that it was made for
/// and the public key. The request's own signature proves possession; this proves who made the key, and for whom, so that nobody
/// who can merely call the CA has a key of his own certified under a subscriber's name.
/// </summary>
public static class EnrollmentProof
{
    /// <summary>The first bytes of everything signed so: the key signs nothing that could pass for something else.</summary>
    private const string Label = "econtract enrollment 1";

    /// <summary>The bytes whose digest is signed: label, NUL, application, NUL, SubjectPublicKeyInfo (DER).</summary>
    public static byte[] Encode(string applicationId, ReadOnlySpan<byte> subjectPublicKeyInfo) =>
        [.. Encoding.UTF8.GetBytes($"{Label}\0{applicationId}\0"), .. subjectPublicKeyInfo];

    /// <param name="enroller">The public key of the token's own key.</param>
    /// <param name="algorithm">How that key signs.</param>
    public static bool Verify(
        SubjectPublicKeyInfo enroller,
        SignatureAlgorithm algorithm,
        string applicationId,
        SubjectPublicKeyInfo key,
        ReadOnlySpan<byte> proof
    ) => enroller.Verify(algorithm.Identifier, Encode(applicationId, key.Encoded.Span), proof);
}
