using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Tsp;
using Xunit;
using TimeStampToken = EContract.Pki.Tsp.TimeStampToken;

namespace EContract.Tsa.Tests.Http;

/// <summary>Every token is taken by OpenSSL, by .NET and by BouncyCastle.</summary>
[Collection("tsa")]
public sealed class Rfc3161_2_4_2_ResponseTests(TsaFixture fixture) : IDisposable
{
    private static readonly byte[] Data = "契約書"u8.ToArray();
    private readonly TsaHost _host = fixture.Host;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, bool, bool, bool> Everything()
    {
        var data = new TheoryData<string, string, bool, bool, bool>();
        foreach (string unit in TsaHost.Units.Keys)
        {
            foreach (string hash in (string[])["SHA256", "SHA384", "SHA512"])
            {
                for (int bits = 0; bits < 8; bits++)
                {
                    data.Add(unit, hash, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task DotNet_and_BouncyCastle_verify_every_token(string unit, string hash, bool nonce, bool policy, bool certReq)
    {
        var name = new HashAlgorithmName(hash);
        byte[] digest = CryptographicOperations.HashData(name, Data);
        Rfc3161TimestampRequest request = Rfc3161TimestampRequest.CreateFromHash(
            digest,
            name,
            policy ? new Oid(TsaHost.Policy(unit)) : null,
            nonce ? RandomNumberGenerator.GetBytes(16) : null,
            certReq
        );
        byte[] reply = await _host.PostAsync(request.Encode(), $"/tsa/{unit}");

        using X509Certificate2 certificate = Certificate(unit);
        Rfc3161TimestampToken token = request.ProcessResponse(reply, out _);
        Assert.True(token.VerifySignatureForHash(digest, name, out X509Certificate2? signer, [certificate]));
        Assert.Equal(certificate.Thumbprint, signer!.Thumbprint);
        Assert.Equal(TsaHost.Policy(unit), token.TokenInfo.PolicyId.Value);
        Assert.Equal(1_000_000, token.TokenInfo.AccuracyInMicroseconds);
        Assert.False(token.TokenInfo.IsOrdering);
        Assert.Equal(certReq ? 2 : 0, token.AsSignedCms().Certificates.Count);

        var bouncy = new TimeStampResponse(reply);
        bouncy.Validate(new Org.BouncyCastle.Tsp.TimeStampRequest(request.Encode()));
        bouncy.TimeStampToken.Validate(new Org.BouncyCastle.X509.X509CertificateParser().ReadCertificate(certificate.RawData));
        Assert.Equal(new BigInteger(1, SerialOf(reply)), bouncy.TimeStampToken.TimeStampInfo.SerialNumber);
    }

    // not pss: "openssl ts" is built on PKCS7, which has no RSASSA-PSS
    [Theory]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("rsa2048")]
    [InlineData("rsa3072")]
    public async Task OpenSSL_verifies_every_token(string unit)
    {
        string data = _folder.Write("data", Data);
        string root = _folder.Write("root.pem", _host.Hierarchy.RootPem);
        foreach (string hash in (string[])["-sha256", "-sha384", "-sha512"])
        {
            foreach (
                string[] options in (string[][])
                    [
                        ["-cert"],
                        ["-no_nonce"],
                        ["-cert", "-tspolicy", TsaHost.Policy(unit)],
                    ]
            )
            {
                string query = Path.Combine(_folder.Path, "q.tsq");
                await OpenSslAsync(["ts", "-query", "-data", data, hash, .. options, "-out", query]);
                byte[] reply = await _host.PostAsync(
                    await File.ReadAllBytesAsync(query, TestContext.Current.CancellationToken),
                    options.Length == 3 ? "/tsa" : $"/tsa/{unit}"
                );
                string file = _folder.Write("r.tsr", reply);
                string untrusted = Path.Combine(_host.Folder, unit + ".pem");
                string[] verify = ["ts", "-verify", "-in", file, "-CAfile", root, "-untrusted", untrusted];
                await OpenSslAsync([.. verify, "-queryfile", query]);
                await OpenSslAsync([.. verify, "-data", data]);
            }
        }
    }

    [Fact]
    public async Task The_token_says_exactly_what_the_standards_ask()
    {
        TimeStampReq request = TimeStampReq.Create(SHA256.HashData(Data), HashAlgorithmName.SHA256) with
        {
            Nonce = SerialNumber.FromUnsigned(RandomNumberGenerator.GetBytes(200)).Content,
        };
        TimeStampResp response = TimeStampResp.Decode(await _host.PostAsync(request.Encode(), "/tsa/p384"));
        Assert.Equal(PkiStatus.Granted, response.Status.Status);
        var token = TimeStampToken.Decode(response.TimeStampToken!.Value);
        Assert.Equal(3, token.SignedData.Version);
        Assert.Equal(1, token.SignerInfo.Version);
        Assert.Equal(request.MessageImprint, token.TstInfo.MessageImprint);
        Assert.Equal(request.Nonce.Value.ToArray(), token.TstInfo.Nonce!.Value.ToArray());
        Assert.False(token.TstInfo.Ordering);
        Assert.Null(token.TstInfo.Extensions);
        Assert.True(token.TstInfo.SerialNumber.IsConforming);
        Assert.Equal(TimeSpan.FromSeconds(1), token.TstInfo.Accuracy!.ToTimeSpan());
        Assert.Equal(0, token.TstInfo.GenTime.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.InRange(TimeProvider.System.GetUtcNow() - token.TstInfo.GenTime, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(
            new HashSet<string> { Oids.ContentType, Oids.MessageDigest, Oids.SigningCertificateV2 },
            token.SignerInfo.DecodeSignedAttributes().Select(a => a.Oid).ToHashSet()
        );
        using X509Certificate2 certificate = Certificate("p384");
        Assert.Equal(SHA384.HashData(certificate.RawData), token.SigningCertificate!.Certs[0].CertHash.ToArray());
        // RFC 5652 §5.1: DER also of what we wrap around
        Assert.Equal(token.Encoded.ToArray(), token.SignedData.Encode());
    }

    [Fact]
    public async Task Serials_differ_and_genTime_never_goes_back()
    {
        DateTimeOffset last = default;
        var serials = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            TimeStampReq request = TimeStampReq.Create(SHA256.HashData(Data), HashAlgorithmName.SHA256);
            TstInfo info = Token(await _host.PostAsync(request.Encode(), "/tsa/p256")).TstInfo;
            Assert.True(serials.Add(info.SerialNumber.ToString()));
            Assert.True(info.GenTime >= last);
            last = info.GenTime;
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task OpenSslAsync(string[] arguments)
    {
        (int exitCode, string output) = await ForeignTool.RunAsync("openssl", arguments);
        Assert.True(exitCode == 0, $"openssl {string.Join(' ', arguments)}: {output}");
    }

    private static TimeStampToken Token(byte[] reply) => TimeStampToken.Decode(TimeStampResp.Decode(reply).TimeStampToken!.Value);

    private static byte[] SerialOf(byte[] reply) => Token(reply).TstInfo.SerialNumber.Content.ToArray();

    private X509Certificate2 Certificate(string unit) =>
        X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(_host.Folder, unit + ".pem")));
}
