using System.Net.Http.Headers;
using System.Security.Cryptography;
using EContract.Ca.Ocsp;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using Xunit;

namespace EContract.Ca.Tests.Ocsp;

/// <summary>The protocol over HTTP: RFC 6960, 5019 and 9654, sentence by sentence.</summary>
public sealed class Rfc6960Tests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;

    private Certificate Issuer => Certificate.Decode(File.ReadAllBytes(_ca.PathOf("pki/subscribers.cer")));

    private CertId IdOf(SerialNumber serial, HashAlgorithmName? hash = null) => CertId.For(Issuer, serial, hash ?? HashAlgorithmName.SHA1);

    [Fact]
    public async Task A_nonce_is_echoed_and_the_answer_is_fresh()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var nonce = RandomNumberGenerator.GetBytes(32);
        var request = new OcspRequest([IdOf(certificate.Tbs.SerialNumber)], [OcspNonce.ToExtension(nonce)]);
        var basic = (await PostAsync(request.Encode())).Basic!;
        Assert.Equal(nonce, OcspNonce.Decode(basic.Data.ResponseExtensions.Find(Oids.OcspNonce)!.Value).ToArray());
        Assert.Equal(CertStatusKind.Good, basic.Data.Responses.Single().CertStatus.Kind);
        var responder = basic.Certs.Single();
        Assert.True(basic.IsSignedBy(responder.Tbs.SubjectPublicKeyInfo));
        Assert.True(responder.IsSignedBy(Issuer.Tbs.SubjectPublicKeyInfo));
        Assert.True(basic.Data.ResponderId.Matches(responder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public async Task A_nonce_of_a_wrong_length_is_malformed(int length)
    {
        var request = new OcspRequest([IdOf(SerialNumber.CreateRandom())], [OcspNonce.ToExtension(new byte[length])]);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await PostAsync(request.Encode())).ResponseStatus);
    }

    [Fact]
    public async Task Several_certificates_are_answered_in_order_with_every_hash()
    {
        var (good, _) = await _ca.IssueAsync();
        var (revoked, _) = await _ca.IssueAsync();
        await _ca.RevokeAsync(revoked);
        var ids = new[]
        {
            IdOf(good.Tbs.SerialNumber, HashAlgorithmName.SHA256),
            IdOf(revoked.Tbs.SerialNumber, HashAlgorithmName.SHA384),
            IdOf(SerialNumber.CreateRandom()),
            IdOf(good.Tbs.SerialNumber, HashAlgorithmName.SHA512),
        };
        var responses = (await PostAsync(new OcspRequest(ids, []).Encode())).Basic!.Data.Responses;
        Assert.Equal(ids, responses.Select(r => r.CertId));
        Assert.Equal(
            [CertStatusKind.Good, CertStatusKind.Revoked, CertStatusKind.Unknown, CertStatusKind.Good],
            responses.Select(r => r.CertStatus.Kind)
        );
    }

    [Fact]
    public async Task Another_ca_is_unauthorized()
    {
        var other = Certificate.Decode(File.ReadAllBytes(_ca.PathOf("pki/infrastructure.cer")));
        var request = new OcspRequest([CertId.For(other, SerialNumber.CreateRandom(), HashAlgorithmName.SHA1)], []).Encode();
        Assert.Equal(OcspResponseStatus.Unauthorized, (await PostAsync(request)).ResponseStatus);
        Assert.Equal(OcspResponseStatus.Unauthorized, (await PostAsync(request, "no-such-ca")).ResponseStatus);
        Assert.Equal(OcspResponseStatus.Unauthorized, (await PostAsync(request, "root")).ResponseStatus);
    }

    [Fact]
    public async Task Garbage_is_malformed_and_still_HTTP_200()
    {
        foreach (var body in new[] { [], [0x30], new byte[] { 0x30, 0x00 }, RandomNumberGenerator.GetBytes(100), new byte[70_000] })
        {
            Assert.Equal(OcspResponseStatus.MalformedRequest, (await PostAsync(body)).ResponseStatus);
        }

        var response = await _ca.Http.GetAsync(new Uri("/ocsp/subscribers/%%%", UriKind.Relative));
        Assert.Equal(OcspResponseStatus.MalformedRequest, await ReadAsync(response));
    }

    [Fact]
    public async Task Get_is_cached_by_etag_until_the_revocation()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var base64 = Convert.ToBase64String(new OcspRequest([IdOf(certificate.Tbs.SerialNumber)], []).Encode());
        foreach (var path in new[] { Uri.EscapeDataString(base64), base64 })
        {
            var first = await _ca.Http.GetAsync(new Uri($"/ocsp/subscribers/{path}", UriKind.Relative));
            Assert.Equal("application/ocsp-response", first.Content.Headers.ContentType!.MediaType);
            Assert.True(first.Headers.ETag is not null, $"{path}: {await ReadAsync(first)}");
            Assert.InRange(first.Headers.CacheControl!.MaxAge!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/ocsp/subscribers/{path}");
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            Assert.Equal(System.Net.HttpStatusCode.NotModified, (await _ca.Http.SendAsync(again)).StatusCode);
        }

        await _ca.RevokeAsync(certificate);
        await _ca.Get<RevocationFollower>().CatchUpAsync(TestContext.Current.CancellationToken);
        var after = await _ca.Http.GetByteArrayAsync(new Uri($"/ocsp/subscribers/{base64}", UriKind.Relative));
        Assert.Equal(CertStatusKind.Revoked, OcspResponse.Decode(after).Basic!.Data.Responses[0].CertStatus.Kind);
    }

    [Fact]
    public async Task Who_asks_the_same_at_once_shares_one_signature()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var request = new OcspRequest([IdOf(certificate.Tbs.SerialNumber)], []).Encode();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 32).Select(_ => Task.Run(() => _ca.Get<OcspResponder>().RespondAsync("subscribers", request, default)))
        );
        // ECDSA never gives the same signature twice by itself.
        Assert.Single(answers.Select(a => Convert.ToHexString(a.Response.Span)).Distinct());
        var nonced = new OcspRequest([IdOf(certificate.Tbs.SerialNumber)], [OcspNonce.ToExtension(new byte[16])]).Encode();
        var (first, second) = ((await PostAsync(nonced)).Basic!, (await PostAsync(nonced)).Basic!);
        Assert.False(first.Signed.Signature.Span.SequenceEqual(second.Signed.Signature.Span));
    }

    [Fact]
    public async Task An_unknown_critical_extension_is_not_ignored()
    {
        var request = new OcspRequest([IdOf(SerialNumber.CreateRandom())], [new Extension("1.2.3.4", true, new byte[] { 5, 0 })]);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await PostAsync(request.Encode())).ResponseStatus);
    }

    [Fact]
    public async Task Expired_certificates_are_still_answered_with_archive_cutoff()
    {
        var (certificate, _) = await _ca.IssueAsync();
        var request = new OcspRequest([IdOf(certificate.Tbs.SerialNumber)], []).Encode();
        var single = (await PostAsync(request)).Basic!.Data.Responses.Single();
        Assert.Empty((await PostAsync(request)).Basic!.Data.ResponseExtensions); // no nonce asked, none answered
        Assert.NotNull(single.SingleExtensions.Find(Oids.OcspArchiveCutoff));
        Assert.True(single.NextUpdate > single.ThisUpdate);
    }

    private async Task<OcspResponse> PostAsync(byte[] request, string ca = "subscribers")
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using var response = await _ca.Http.PostAsync(new Uri($"/ocsp/{ca}", UriKind.Relative), content);
        Assert.Equal("application/ocsp-response", response.Content.Headers.ContentType!.MediaType);
        return OcspResponse.Decode(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
    }

    private static async Task<OcspResponseStatus> ReadAsync(HttpResponseMessage response) =>
        OcspResponse.Decode(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync()).ResponseStatus;
}
