using System.Net.Http.Headers;
using System.Security.Cryptography;
using EContract.Ca.Issuance;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using Xunit;

namespace EContract.Ca.Tests.Issuance;

/// <summary>
/// Requests with bytes changed, cut or repeated: the CA and the responder answer each with what the protocol has for it, and go on.
/// ECONTRACT_LONG=1: many more.
/// </summary>
public sealed class HostileRequestTests(CaFixture fixture)
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 100_000 : 800;
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private static readonly HashSet<Fault> Refusals =
    [
        Fault.CsrMalformed,
        Fault.AlgorithmNotAllowed,
        Fault.KeyRefused,
        Fault.ProofOfPossessionFailed,
        Fault.EnrollmentNotProven,
    ];

    private readonly CaHost _ca = fixture.Host;

    [Fact]
    public async Task Every_changed_certification_request_is_refused_by_name_and_leaves_no_trace()
    {
        var change = await _ca.RegisterAsync("攻撃 太郎");
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var good = CaHost.CreateRequest(key).Encoded.ToArray();
        var proof = await CaHost.ProveAsync(_ca.Keys, change.ApplicationId!, key);
        var application = CaHost.ApplicationIdOf(change.ApplicationId!);
        var random = new Random(20261121);
        for (var i = 0; i < Rounds; i++)
        {
            var bytes = Change(good, random);
            var refused = await Assert.ThrowsAsync<ServiceException>(() =>
                _ca.Get<CertificateIssuer>().IssueAsync("fuzz", application, bytes, proof, CaHost.Service, Ct)
            );
            Assert.True(Refusals.Contains(refused.Fault), $"{refused.Fault} for {Convert.ToHexString(bytes)}");
        }

        // Nothing was planned: the applicant's own request is the first.
        var issued = await _ca.IssueAsync(change.ApplicationId!, key);
        Assert.Single(
            await _ca.Get<CertificateQueries>().ListAsync(change.SubscriberId!, CertificateFilter.All, OrganisationScope.All, null, 10, Ct)
        );
        Assert.Equal(Store.CertificateState.Issued, issued.Row.State);
    }

    [Fact]
    public async Task Every_changed_ocsp_request_gets_a_protocol_answer()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var issuer = Certificate.Decode(await File.ReadAllBytesAsync(_ca.PathOf("pki/subscribers.cer"), Ct));
        var id = CertId.For(issuer, certificate.Tbs.SerialNumber, HashAlgorithmName.SHA1);
        var good = new OcspRequest([id, id], [OcspNonce.ToExtension(new byte[16])]).Encode();
        var random = new Random(20261122);
        var seen = new HashSet<OcspResponseStatus>();
        for (var i = 0; i < Rounds; i++)
        {
            using var content = new ByteArrayContent(Change(good, random));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var response = await _ca.Http.PostAsync(new Uri("/ocsp/subscribers", UriKind.Relative), content, Ct);
            var answer = OcspResponse.Decode(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(Ct));
            Assert.Contains(
                answer.ResponseStatus,
                new[] { OcspResponseStatus.Successful, OcspResponseStatus.MalformedRequest, OcspResponseStatus.Unauthorized }
            );
            seen.Add(answer.ResponseStatus);
            foreach (var single in answer.Basic?.Data.Responses ?? [])
            {
                // Good is said of what was issued only, however the request came about.
                Assert.True(
                    single.CertStatus.Kind != CertStatusKind.Good || single.CertId.SerialNumber.Equals(certificate.Tbs.SerialNumber)
                );
            }
        }

        Assert.Equal(3, seen.Count);
    }

    private static byte[] Change(byte[] good, Random random)
    {
        var bytes = good.ToArray();
        switch (random.Next(4))
        {
            case 0: // a bit
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1: // a byte, often a length or a tag
                bytes[random.Next(bytes.Length)] += (byte)random.Next(1, 256);
                return bytes;
            case 2:
                return bytes[..random.Next(bytes.Length)];
            default: // bytes put in between
                var at = random.Next(bytes.Length);
                return [.. bytes[..at], .. RandomNumberGenerator.GetBytes(random.Next(1, 5)), .. bytes[at..]];
        }
    }
}
