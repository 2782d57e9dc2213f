using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit.Documents;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Signing;

[Collection(TokenTests.Name)]
public sealed class SigningTests(TokenFixture token) : IAsyncLifetime
{
    private Bank _bank = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Theory]
    [InlineData(KeyAlgorithm.Rsa2048)]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    public async Task Digests_are_signed_in_the_order_of_the_request(KeyAlgorithm algorithm)
    {
        var credential = await _node.EnrollAsync(algorithm: algorithm);
        var activation = await _node.BeginAsync(
            credential,
            Order.Raw("一"),
            Order.Cades("二"),
            Order.Cades("三", ItemLevel.Timestamped, attached: true)
        );
        var done = await _node.CompleteAsync(activation);

        using var certificate = X509CertificateLoader.LoadCertificate(credential.Certificate!);
        Assert.True(Verify(certificate, "一"u8.ToArray(), done.Items[0].Result!));
        var detached = new SignedCms(new ContentInfo("二"u8.ToArray()), detached: true);
        detached.Decode(done.Items[1].Result!);
        detached.CheckSignature(verifySignatureOnly: true);
        var attached = new SignedCms();
        attached.Decode(done.Items[2].Result!);
        attached.CheckSignature(verifySignatureOnly: true);
        Assert.Equal("三"u8.ToArray(), attached.ContentInfo.Content);
        Assert.Contains(
            attached.SignerInfos[0].UnsignedAttributes.Cast<CryptographicAttributeObject>(),
            a => a.Oid.Value == "1.2.840.113549.1.9.16.2.14"
        );
    }

    [Fact]
    public async Task Pss_is_signed_where_it_is_asked_for()
    {
        var credential = await _node.EnrollAsync(algorithm: KeyAlgorithm.Rsa2048);
        var done = await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Raw(pss: true), Order.Cades("b", pss: true)));
        using var certificate = X509CertificateLoader.LoadCertificate(credential.Certificate!);
        using var rsa = certificate.GetRSAPublicKey()!;
        Assert.True(rsa.VerifyData("契約"u8, done.Items[0].Result!, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        var cms = new SignedCms(new ContentInfo("b"u8.ToArray()), detached: true);
        cms.Decode(done.Items[1].Result!);
        cms.CheckSignature(verifySignatureOnly: true);
        Assert.Equal("1.2.840.113549.1.1.10", cms.SignerInfos[0].SignatureAlgorithm.Value);
    }

    [Fact]
    public async Task The_retried_completion_gives_the_same_answer_and_signs_nothing()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Cades(level: ItemLevel.Timestamped));
        var otp = _bank.Mail.Code;
        var first = await _node.CompleteAsync(activation, otp);
        var tokens = _bank.Tsa.Tokens;
        var second = await _node.CompleteAsync(activation, otp);
        Assert.Equal(first.Items[0].Result, second.Items[0].Result);
        Assert.Equal(tokens, _bank.Tsa.Tokens);
        await Refusal.IsAsync(Fault.OtpAlreadyUsed, () => _node.CompleteAsync(activation, "00000000"));
    }

    [Fact]
    public async Task Calls_side_by_side_sign_once()
    {
        var credential = await _node.EnrollAsync();
        var other = await _bank.StartNodeAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        var otp = _bank.Mail.Code;
        var results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => Task.Run(() => (i % 2 == 0 ? _node : other).CompleteAsync(activation, otp)))
        );
        // ECDSA is randomised: two signings would differ.
        Assert.Single(results.Select(r => Convert.ToHexString(r.Items[0].Result!)).Distinct());
    }

    [Fact]
    public async Task The_repeated_begin_is_the_same_activation_with_one_mail()
    {
        var credential = await _node.EnrollAsync();
        var request = _node.Request();
        var mails = _bank.Mail.Messages.Count;
        var (first, _) = await _node.Desk.BeginAsync(
            SignerNode.Portal,
            request,
            credential.Id,
            [Order.Raw()],
            "ja",
            CancellationToken.None
        );
        var (second, _) = await _node.Desk.BeginAsync(
            SignerNode.Portal,
            request,
            credential.Id,
            [Order.Raw()],
            "ja",
            CancellationToken.None
        );
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(mails + 1, _bank.Mail.Messages.Count);
        var changed = request with { Fingerprint = SHA256.HashData("other"u8) };
        await Refusal.IsAsync(
            Fault.RequestIdReused,
            () => _node.Desk.BeginAsync(SignerNode.Portal, changed, credential.Id, [Order.Raw()], "ja", CancellationToken.None)
        );
    }

    [Fact]
    public async Task Another_callers_activation_is_refused()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        await Refusal.IsAsync(
            Fault.ActivationNotFound,
            () => _node.CompleteAsync(activation, call: new CallOrigin("another-portal", "test"))
        );
        // Nothing of it counted against the subscriber.
        Assert.Equal(0, (await _node.Credentials.GetAsync(SignerNode.Portal, credential.Id, CancellationToken.None)).FailedAttempts);
    }

    [Fact]
    public async Task Another_subscribers_code_is_wrong()
    {
        var (taro, jiro) = (await _node.EnrollAsync("山田太郎"), await _node.EnrollAsync("山田次郎"));
        var activation = await _node.BeginAsync(taro, Order.Raw());
        var own = _bank.Mail.Code;
        await _node.BeginAsync(jiro, Order.Raw());
        await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(activation, _bank.Mail.Code));
        await _node.CompleteAsync(activation, own);
    }

    [Fact]
    public async Task A_used_code_opens_no_other_activation()
    {
        var credential = await _node.EnrollAsync();
        var first = await _node.BeginAsync(credential, Order.Raw("一"));
        var otp = _bank.Mail.Code;
        await _node.CompleteAsync(first, otp);
        var second = await _node.BeginAsync(credential, Order.Raw("二"));
        await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(second, otp));
    }

    [Fact]
    public async Task A_wrong_pin_tells_how_many_attempts_are_left_and_the_same_code_still_works()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        var said = await Refusal.IsAsync(Fault.PinWrong, () => _node.CompleteAsync(activation, pin: "wrong1Pin"));
        Assert.Equal("5", said.FaultMetadata["attempts_left"]);
        await _node.CompleteAsync(activation);
        Assert.Equal(0, (await _node.Credentials.GetAsync(SignerNode.Portal, credential.Id, CancellationToken.None)).FailedAttempts);
    }

    [Fact]
    public async Task An_expired_activation_or_code_signs_nothing()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        _bank.Time.Advance(TimeSpan.FromMinutes(6));
        await Refusal.IsAsync(Fault.OtpExpired, () => _node.CompleteAsync(activation));
        _bank.Time.Advance(TimeSpan.FromMinutes(10));
        await Refusal.IsAsync(Fault.ActivationExpired, () => _node.CompleteAsync(activation));
    }

    [Fact]
    public async Task Revocation_between_begin_and_complete_stops_the_signing_though_the_feed_is_silent()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        _bank.Ca.Set(credential.SerialNumber!, CertificateStanding.Revoked, silent: true);
        await Refusal.IsAsync(Fault.CredentialRevoked, () => _node.CompleteAsync(activation));
    }

    [Fact]
    public async Task A_cancelled_activation_stays_cancelled()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        await _node.Desk.CancelAsync(SignerNode.Portal, activation.Id, CancellationToken.None);
        await _node.Desk.CancelAsync(SignerNode.Portal, activation.Id, CancellationToken.None);
        await Refusal.IsAsync(Fault.ActivationBurned, () => _node.CompleteAsync(activation));
    }

    [Fact]
    public async Task A_certificate_that_was_not_accepted_signs_nothing()
    {
        var credential = await _node.EnrollUnacceptedAsync();
        await Refusal.IsAsync(Fault.CertificateNotAccepted, () => _node.BeginAsync(credential, Order.Raw()));
    }

    [Fact]
    public async Task A_digest_named_twice_or_of_the_wrong_length_is_refused()
    {
        var credential = await _node.EnrollAsync();
        await Refusal.IsAsync(Fault.DigestInvalid, () => _node.BeginAsync(credential, Order.Raw(), Order.Raw()));
        await Refusal.IsAsync(Fault.DigestInvalid, () => _node.BeginAsync(credential, Order.Raw() with { Digest = new byte[20] }));
    }

    [Fact]
    public async Task A_tsa_that_is_down_at_the_beginning_is_told_at_once()
    {
        var credential = await _node.EnrollAsync();
        _bank.Tsa.Down = true;
        await Refusal.IsAsync(Fault.TsaUnavailable, () => _node.BeginAsync(credential, Order.Cades(level: ItemLevel.Timestamped)));
    }

    [Fact]
    public async Task A_tsa_that_is_down_at_completion_loses_nothing_and_the_same_call_goes_on_later()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Cades(level: ItemLevel.Timestamped), Order.Raw());
        var otp = _bank.Mail.Code;
        _bank.Tsa.Down = true;
        await Refusal.IsAsync(Fault.TsaUnavailable, () => _node.CompleteAsync(activation, otp));
        await using (var db = await _node.OpenDatabaseAsync())
        {
            Assert.All(await db.ActivationItems.ToListAsync(), item => Assert.Null(item.Result));
        }

        _bank.Tsa.Down = false;
        var done = await (await _bank.StartNodeAsync()).CompleteAsync(activation, otp);
        Assert.All(done.Items, item => Assert.NotNull(item.Result));
    }

    [Fact]
    public async Task A_ca_that_is_down_stops_the_completion_before_an_attempt_is_counted()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        _bank.Ca.Down = true;
        await Refusal.IsAsync(Fault.CaUnavailable, () => _node.CompleteAsync(activation));
        _bank.Ca.Down = false;
        Assert.Equal(0, (await _node.Credentials.GetAsync(SignerNode.Portal, credential.Id, CancellationToken.None)).FailedAttempts);
        await _node.CompleteAsync(activation);
    }

    [Fact]
    public async Task A_mail_server_that_is_down_is_told_and_the_same_request_sends_later()
    {
        var credential = await _node.EnrollAsync();
        var request = _node.Request();
        Task<(ActivationRow Activation, OtpDelivery Otp)> Begin() =>
            _node.Desk.BeginAsync(SignerNode.Portal, request, credential.Id, [Order.Raw()], "ja", CancellationToken.None);
        _bank.Mail.Down = true;
        await Refusal.IsAsync(Fault.OtpDeliveryFailed, Begin);
        _bank.Mail.Down = false;
        var (activation, otp) = await Begin();
        Assert.Equal("t***a@example.co.jp", otp.MaskedDestination);
        await _node.CompleteAsync(activation);
    }

    [Fact]
    public async Task Codes_are_sent_again_only_so_often()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        var first = _bank.Mail.Code;
        await Refusal.IsAsync(Fault.OtpResendLimited, Resend);
        for (var i = 0; i < 3; i++)
        {
            _bank.Time.Advance(TimeSpan.FromSeconds(31));
            await Resend();
        }

        _bank.Time.Advance(TimeSpan.FromSeconds(31));
        await Refusal.IsAsync(Fault.OtpResendLimited, Resend);
        await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(activation, first));
        await _node.CompleteAsync(activation);

        Task Resend() => _node.Desk.ResendAsync(SignerNode.Portal, activation.Id, CancellationToken.None);
    }

    [Fact]
    public async Task Five_wrong_codes_end_the_activation_and_neither_is_kept_in_clear()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        var right = _bank.Mail.Code;
        var wrong = right == "00000000" ? "11111111" : "00000000";
        for (var i = 0; i < 5; i++)
        {
            await Refusal.IsAsync(Fault.OtpWrong, () => _node.CompleteAsync(activation, wrong));
        }

        await Refusal.IsAsync(Fault.OtpAttemptsExhausted, () => _node.CompleteAsync(activation, right));
    }

    [Fact]
    public async Task A_contract_is_signed_by_two_parties_and_openssl_and_poppler_accept_it()
    {
        var (debtor, guarantor) = (
            await _node.EnrollAsync("山田太郎"),
            await _node.EnrollAsync("佐藤花子", algorithm: KeyAlgorithm.Rsa2048)
        );
        var original = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
        var document = await _node.UploadAsync(original);
        var other = await _bank.StartNodeAsync();

        var first = await _node.BeginAsync(debtor, Order.Pdf(document.Id, level: ItemLevel.Timestamped));
        await other.CompleteAsync(first);
        await Refusal.IsAsync(Fault.PartyAlreadySigned, () => _node.BeginAsync(debtor, Order.Pdf(document.Id)));
        var second = await other.BeginAsync(guarantor, Order.Pdf(document.Id, "連帯保証人"));
        var done = await _node.CompleteAsync(second);

        Assert.Equal(3, done.Items[0].ResultVersion);
        var signed = await other.ReadAsync(document.Id);
        Assert.Equal(done.Items[0].ResultDigest, SHA256.HashData(signed));
        Assert.True(signed.AsSpan().StartsWith(original));
        var before = await _node.ReadAsync(document.Id, 2);
        Assert.True(signed.AsSpan().StartsWith(before));
        var report = await PdfSig.CheckAsync(signed);
        Assert.Equal(2, report.Valid);
    }

    [Fact]
    public async Task Of_two_signings_on_one_version_the_first_wins()
    {
        var (taro, jiro) = (await _node.EnrollAsync("山田太郎"), await _node.EnrollAsync("山田次郎"));
        var document = await _node.UploadAsync(LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic));
        var first = await _node.BeginAsync(taro, Order.Pdf(document.Id));
        var firstOtp = _bank.Mail.Code;
        var second = await _node.BeginAsync(jiro, Order.Pdf(document.Id));
        await _node.CompleteAsync(second);
        await Refusal.IsAsync(Fault.DocumentChanged, () => _node.CompleteAsync(first, firstOtp));
        await Refusal.IsAsync(Fault.DocumentChanged, () => _node.BeginAsync(taro, Order.Pdf(document.Id, version: 1)));
        await _node.CompleteAsync(await _node.BeginAsync(taro, Order.Pdf(document.Id)));
    }

    [Fact]
    public async Task Documents_that_cant_be_signed_are_refused_for_a_true_reason()
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync("%PDF-1.7 but no more"u8.ToArray());
        await Refusal.IsAsync(Fault.DocumentMalformed, () => _node.BeginAsync(credential, Order.Pdf(document.Id)));
    }

    [Fact]
    public async Task Everything_that_was_done_is_in_the_evidence_without_secrets()
    {
        var credential = await _node.EnrollAsync();
        var activation = await _node.BeginAsync(credential, Order.Raw());
        var otp = _bank.Mail.Code;
        await _node.CompleteAsync(activation, otp);
        await using var db = await _node.OpenDatabaseAsync();
        var actions = await db
            .Database.SqlQuery<string>($"select action as \"Value\" from audit.event order by occurred_at, id")
            .ToListAsync();
        Assert.Superset(
            new HashSet<string>
            {
                "enrollment.begun",
                "key.created",
                "credential.certified",
                "certificate.accepted",
                "activation.begun",
                "activation.reserved",
                "activation.completed",
            },
            actions.ToHashSet()
        );
        var bodies = await db.Database.SqlQuery<byte[]>($"select body as \"Value\" from audit.event").ToListAsync();
        Assert.DoesNotContain(
            bodies,
            b =>
                Encoding.UTF8.GetString(b) is var text
                && (text.Contains(otp, StringComparison.Ordinal) || text.Contains(SignerNode.Pin, StringComparison.Ordinal))
        );
    }

    private static bool Verify(X509Certificate2 certificate, byte[] data, byte[] signature)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return rsa?.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ?? ecdsa!.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
