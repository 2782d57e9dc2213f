using EContract.Hosting.Signing;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Tsa.Tokens;

namespace EContract.Tsa.Units;

/// <summary>A key with its certificate, ready to sign. Immutable: rotation puts another one in its place.</summary>
public sealed class TsuKey
{
    /// <param name="certificate">Checked against the key by <see cref="TsuCertificate.Check"/>.</param>
    public TsuKey(ISigningKey key, TsuCertificate certificate, SignatureAlgorithm algorithm)
    {
        Key = key;
        Certificate = certificate;
        Algorithm = algorithm;
        Scheme = algorithm.Kind.ToScheme();
        Template = new TokenTemplate(certificate.Chain, algorithm, key.MaxSignatureSize);
    }

    public ISigningKey Key { get; }

    public TsuCertificate Certificate { get; }

    public SignatureAlgorithm Algorithm { get; }

    /// <summary>Nothing would change if <paramref name="other"/> took over.</summary>
    internal bool IsSame(TsuKey other) =>
        Key.Label == other.Key.Label
        && Algorithm.Equals(other.Algorithm)
        && Certificate.Chain.Count == other.Certificate.Chain.Count
        && Certificate.Chain.Zip(other.Certificate.Chain).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    internal SignatureScheme Scheme { get; }

    internal TokenTemplate Template { get; }
}
