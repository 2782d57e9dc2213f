using System.Security.Cryptography;
using EContract.Hosting.Clock;
using EContract.Hosting.Signing;
using EContract.Hsm.Keys;
using EContract.Tsa.Units;

namespace EContract.Tsa.Tests;

/// <summary>A unit with a software key and a certificate of the test hierarchy, without a host.</summary>
internal sealed class TestTsu : IDisposable
{
    private readonly SoftwareSigningKey _key;

    public TestTsu(
        TestKit.TestHierarchy hierarchy,
        KeyAlgorithm algorithm,
        IProvenClock clock,
        Action<TsuOptions>? configure = null,
        bool pss = false,
        HashAlgorithmName? hash = null
    )
    {
        _key = SoftwareSigningKey.Generate(algorithm, "tsu");
        var options = new TsuOptions { Name = "unit" };
        configure?.Invoke(options);
        if (options.Policies.Count == 0)
        {
            options.Policies.Add("2.999.1");
            options.Policies.Add("2.999.2");
        }

        byte[] leaf = hierarchy.IssueTsa(_key.SubjectPublicKeyInfo);
        string pem = string.Join('\n', hierarchy.Chain(leaf).Select(c => new string(PemEncoding.Write("CERTIFICATE", c.Span))));
        var certificate = TsuCertificate.Load(System.Text.Encoding.ASCII.GetBytes(pem));
        Unit = new Tsu(options, clock) { Current = new TsuKey(_key, certificate, algorithm.SignatureAlgorithm(hash, pss)) };
    }

    public Tsu Unit { get; }

    public void Dispose() => _key.Dispose();
}
