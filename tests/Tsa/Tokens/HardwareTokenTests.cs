using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Clock;
using EContract.Hosting.Signing;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa.Serials;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using Xunit;

namespace EContract.Tsa.Tests.Tokens;

/// <summary>The same with keys that live in a PKCS#11 token.</summary>
public sealed class HardwareTokenTests
{
    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256, false)]
    [InlineData(KeyAlgorithm.EcdsaP384, false)]
    [InlineData(KeyAlgorithm.Rsa2048, false)]
    [InlineData(KeyAlgorithm.Rsa2048, true)]
    public async Task A_key_of_the_token_signs(KeyAlgorithm algorithm, bool pss)
    {
        using SoftHsmToken softHsm = SoftHsmToken.Create();
        await using Token token = await softHsm.OpenAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var hierarchy = new TestHierarchy();
        ISigningKey key = await token.GenerateSigningKeyAsync("tsu", algorithm, TestContext.Current.CancellationToken);
        byte[] leaf = hierarchy.IssueTsa(key.SubjectPublicKeyInfo);
        var options = new TsuOptions { Name = "u" };
        options.Policies.Add("2.999.1");
        var unit = new Tsu(options, new TrustedSystemClock(TimeProvider.System, TimeSpan.Zero))
        {
            Current = new TsuKey(key, TsuCertificate.Load(leaf), algorithm.SignatureAlgorithm(pss: pss)),
        };
        using var meter = new TsaMeter();
        using var gate = new SigningGate(4, 100, TimeSpan.FromSeconds(30));
        var issuer = new TokenIssuer(new SerialSource { Epoch = new SerialEpoch(1, 1) }, TestRunLog.Logger<TokenIssuer>());
        var authority = new TimestampAuthority(issuer, gate, meter);
        var listener = new TsuListener("", [unit]);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(leaf);

        await Parallel.ForAsync(
            0,
            40,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken },
            async (i, cancellationToken) =>
            {
                byte[] digest = SHA256.HashData(BitConverter.GetBytes(i));
                byte[] query = TimeStampReq.Create(digest, HashAlgorithmName.SHA256).Encode();
                using TimestampAnswer answer = await authority.AnswerAsync(query, listener, cancellationToken);
                ReadOnlyMemory<byte> encoded = TimeStampResp.Decode(answer.Encoded).TimeStampToken!.Value;
                Assert.True(Rfc3161TimestampToken.TryDecode(encoded, out Rfc3161TimestampToken? decoded, out _));
                Assert.True(decoded.VerifySignatureForHash(digest, HashAlgorithmName.SHA256, out _, [certificate]));
            }
        );
    }
}
