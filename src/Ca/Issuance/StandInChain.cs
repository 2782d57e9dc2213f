using System.Runtime.CompilerServices;
using EContract.Ca.Authorities;
using EContract.Hsm.Keys;
using EContract.Pki.X509;
using EContract.Validation.Paths;

namespace EContract.Ca.Issuance;

/// <summary>
/// An issuer's chain as it is, but with throwaway keys: what a throwaway key signed below it can be validated as a relying party
/// will, before the CA's own key is touched.
/// </summary>
internal sealed class StandInChain
{
    // The registry gives the same objects until an authority changes.
    private static readonly ConditionalWeakTable<Certificate, StandInChain> Known = [];

    private StandInChain(TrustAnchor anchor, CertificatePool pool)
    {
        Anchor = anchor;
        Pool = pool;
    }

    public TrustAnchor Anchor { get; }

    /// <summary>The CAs below the anchor.</summary>
    public CertificatePool Pool { get; }

    /// <param name="chain">The issuer's certificate first, its issuers up to the root after it.</param>
    public static async Task<StandInChain> OfAsync(IReadOnlyList<Certificate> chain, CancellationToken cancellationToken)
    {
        if (!Known.TryGetValue(chain[0], out var made))
        {
            made = await MakeAsync(chain, cancellationToken);
            Known.AddOrUpdate(chain[0], made);
        }

        return made;
    }

    private static async Task<StandInChain> MakeAsync(IReadOnlyList<Certificate> chain, CancellationToken cancellationToken)
    {
        var root = chain[^1].Tbs;
        var above = KeyFor(root);
        var anchor = new TrustAnchor(root.Subject, PublicKeyOf(above));
        var pool = new CertificatePool([], []);
        foreach (var original in chain.Reverse().Skip(1))
        {
            var own = KeyFor(original.Tbs);
            var prepared = (original.Tbs with { SubjectPublicKeyInfo = PublicKeyOf(own) }).Prepare();
            var algorithm = SigningKeys.SignatureAlgorithmOf(above.Algorithm);
            pool.Add(prepared.Complete(await above.SignDataAsync(algorithm, prepared.ToBeSigned, cancellationToken)));
            above = own;
        }

        return new(anchor, pool);
    }

    private static SoftwareSigningKey KeyFor(TbsCertificate authority) =>
        LintGate.ThrowawayKey(AlgorithmOf(authority.SubjectPublicKeyInfo));

    private static SubjectPublicKeyInfo PublicKeyOf(SoftwareSigningKey key) => SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo);

    private static KeyAlgorithm AlgorithmOf(SubjectPublicKeyInfo key) =>
        key.Describe() switch
        {
            "P-256" => KeyAlgorithm.EcdsaP256,
            "P-384" => KeyAlgorithm.EcdsaP384,
            "RSA-2048" => KeyAlgorithm.Rsa2048,
            "RSA-3072" => KeyAlgorithm.Rsa3072,
            "RSA-4096" => KeyAlgorithm.Rsa4096,
            var other => throw new InvalidOperationException($"no authority of ours has a key {other}"),
        };
}
