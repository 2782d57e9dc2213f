using System.Security.Cryptography;
using EContract.Client;
using EContract.Grpc.InProcess;
using EContract.Pdf;
using EContract.Pdf.Appearance;
using EContract.Proto.Signer.V1;
using EContract.Signer.Grpc;
using EContract.Signer.Tests.Rig;
using EContract.TestKit.Documents;
using Google.Protobuf;
using Xunit;
using OtpMethod = EContract.Proto.Signer.V1.OtpMethod;

namespace EContract.Signer.Tests.Grpc;

/// <summary>The portal library against the services, through generated code and messages.</summary>
[Collection(TokenTests.Name)]
public sealed class PortalTests(TokenFixture token) : IAsyncLifetime
{
    private Bank _bank = null!;
    private SigningPortal _portal = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
        var options = new InProcessServerOptions();
        options.Interceptors.Add(new TestEdge("portal"));
        var server = new InProcessServer(options).AddService(_node.Get<EnrollmentEndpoint>()).AddService(_node.Get<SigningEndpoint>());
        _portal = new SigningPortal(server.CreateChannel(new InProcessCaller("portal")));
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task A_subscriber_enrols_accepts_and_signs_a_contract_that_lies_at_the_signer()
    {
        var credential = await EnrollAsync("山田太郎");
        Assert.Equal(CredentialState.Active, credential.State);
        Assert.Equal("EC_P256", credential.KeyAlgorithm);
        var original = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);
        var uploaded = await _portal.UploadAsync("金銭消費貸借契約書.pdf", new MemoryStream(original));
        Assert.Equal(SHA256.HashData(original), uploaded.Digest.ToByteArray());

        var item = new PdfSignature
        {
            DocumentId = uploaded.DocumentId,
            Role = "債務者",
            Reason = "契約の締結",
            Placement = new Placement
            {
                X = 60,
                Y = 60,
                Width = 240,
                Height = 80,
            },
        };
        var begun = await _portal.BeginAsync(credential.CredentialId, [new SignatureItem { Pdf = item }]);
        Assert.Equal("t***a@example.co.jp", begun.Otp.MaskedDestination);
        Assert.Contains(begun.Items[0].ShortDigest, _bank.Mail.Messages.Last().Text, StringComparison.Ordinal);
        Assert.Contains("金銭消費貸借契約書.pdf", _bank.Mail.Messages.Last().Text, StringComparison.Ordinal);
        Assert.Equal(ActivationState.Authorised, (await _portal.GetActivationAsync(begun.ActivationId)).State);
        var done = await _portal.CompleteAsync(begun.ActivationId, _bank.Mail.Code, SignerNode.Pin);
        Assert.Equal(2, done.Items[0].Version);

        using var signed = new MemoryStream();
        var description = await _portal.DownloadAsync(uploaded.DocumentId, signed);
        Assert.Equal(done.Items[0].DocumentDigest, description.Digest);
        Assert.Equal(1, (await PdfSig.CheckAsync(signed.ToArray())).Valid);
    }

    [Fact]
    public async Task A_pdf_that_stays_at_the_portal_is_signed_with_its_digest_alone()
    {
        var credential = await EnrollAsync("山田太郎");
        var original = new MemoryStream(LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic));
        var looks = SignatureAppearance.ForSigner("山田太郎", "債務者", "契約の締結", _bank.Time.GetUtcNow(), JapaneseFonts.Gothic);
        var request = new SignatureRequest
        {
            Placement = new SignaturePlacement(-1, LoanContract.DebtorBox),
            Appearance = looks,
            ContentsSize = LocalPdf.DefaultContentsSize,
            Time = _bank.Time.GetUtcNow(),
        };
        var (begun, pdf) = await _portal.BeginLocalAsync(credential.CredentialId, new LocalPdfOrder("契約書.pdf", original, request));
        var done = await _portal.CompleteAsync(begun.ActivationId, _bank.Mail.Code, SignerNode.Pin);
        using var signed = new MemoryStream();
        await pdf.WriteSignedAsync(original, done.Items[0], signed);
        Assert.Equal(1, (await PdfSig.CheckAsync(signed.ToArray())).Valid);
    }

    [Fact]
    public async Task A_refusal_reaches_the_portal_with_its_reason_and_facts()
    {
        var credential = await EnrollAsync("山田太郎");
        var begun = await _portal.BeginAsync(credential.CredentialId, [Digest("a")]);
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            _portal.CompleteAsync(begun.ActivationId, _bank.Mail.Code, "another1Pin")
        );
        Assert.Equal("PIN_WRONG", refused.Reason);
        Assert.Equal("5", refused.Facts["attempts_left"]);
        var level = new DigestSignature(Digest("b").Digest)
        {
            Format = EContract.Proto.Signer.V1.SignatureFormat.Cades,
            Level = SignatureLevel.BLta,
        };
        var unavailable = await Assert.ThrowsAsync<RefusedException>(() =>
            _portal.BeginAsync(credential.CredentialId, [new SignatureItem { Digest = level }])
        );
        Assert.Equal("SIGNATURE_LEVEL_UNAVAILABLE", unavailable.Reason);
        var weak = new DigestSignature(Digest("b").Digest) { DigestAlgorithm = "SHA-1" };
        var sunset = await Assert.ThrowsAsync<RefusedException>(() =>
            _portal.BeginAsync(credential.CredentialId, [new SignatureItem { Digest = weak }])
        );
        Assert.Equal("ALGORITHM_NOT_ALLOWED", sunset.Reason);
    }

    [Fact]
    public async Task What_is_no_pdf_is_refused_at_the_upload()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _portal.UploadAsync("a.pdf", new MemoryStream("hello"u8.ToArray())));
        Assert.Equal("DOCUMENT_MALFORMED", refused.Reason);
    }

    [Fact]
    public async Task A_seal_is_opened_used_and_closed()
    {
        var seal = await EnrollAsync("株式会社見本", isSeal: true);
        var begun = await _portal.BeginSealAsync(seal.CredentialId);
        await using var session = await _portal.OpenSealAsync(
            begun.ChallengeId,
            _bank.Mail.Code,
            SignerNode.Pin,
            10,
            TimeSpan.FromMinutes(5)
        );
        var items = await session.SignAsync([Digest("a"), Digest("b")]);
        Assert.Equal(2, items.Count);
        Assert.Equal(8, session.SignaturesLeft);
    }

    [Fact]
    public async Task Credentials_are_listed_and_codes_sent_again()
    {
        var credential = await EnrollAsync("山田太郎");
        var listed = new List<Credential>();
        await foreach (var one in _portal.Enrollment.ListAsync(credential.SubscriberId))
        {
            listed.Add(one);
        }

        Assert.Equal(credential.CredentialId, Assert.Single(listed).CredentialId);
        var challenge = await _portal.Enrollment.ChallengeAsync(credential.CredentialId, ChallengePurpose.ChangePin);
        _bank.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(OtpMethod.Email, (await _portal.Enrollment.ResendOtpAsync(challenge.ChallengeId)).Method);
        await _portal.Enrollment.ChangePinAsync(challenge.ChallengeId, _bank.Mail.Code, SignerNode.Pin, "kyoto5Tower9");
    }

    private async Task<Credential> EnrollAsync(string name, bool isSeal = false)
    {
        var application = _bank.Ca.Approve(name, isSeal);
        var begun = await _portal.Enrollment.BeginAsync(application.Id.Value);
        var issued = await _portal.Enrollment.CompleteAsync(begun.EnrollmentId, _bank.Mail.Code, SignerNode.Pin);
        Assert.Equal(CredentialState.Issued, issued.State);
        return await _portal.Enrollment.AcceptAsync(issued.CredentialId, SignerNode.Pin);
    }

    private static SignatureItem Digest(string content) =>
        new()
        {
            Digest = new DigestSignature
            {
                Name = content,
                DigestAlgorithm = "SHA256",
                Digest = ByteString.CopyFrom(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content))),
                Format = EContract.Proto.Signer.V1.SignatureFormat.Raw,
            },
        };
}
