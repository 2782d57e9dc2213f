using System.Text.Json;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Grpc;
using EContract.Validation.Proofs;
using EContract.Validation.Reports;
using EContract.Validation.Reports.People;
using Xunit;

namespace EContract.Validation.Tests.Reports;

public sealed class ReportTests : IDisposable
{
    private readonly SigningWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(ReportLanguage.Japanese, "判定: 有効 (TOTAL-PASSED)", "署名者: 山田太郎")]
    [InlineData(ReportLanguage.English, "Verdict: valid (TOTAL-PASSED)", "Who: 山田太郎")]
    public async Task The_text_says_what_and_who_and_when(ReportLanguage language, string verdict, string who)
    {
        var text = ReportText.Write(await Validate(), language);
        Assert.Contains(verdict, text, StringComparison.Ordinal);
        Assert.Contains(who, text, StringComparison.Ordinal);
        Assert.Contains(
            language == ReportLanguage.Japanese ? "2026年11月20日 18:00:00" : "2026-11-20 09:00:00 UTC",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_finding_has_a_sentence_in_both_languages()
    {
        foreach (var code in Enum.GetValues<FindingCode>())
        {
            Assert.NotEqual(Phrases.Of(code, ReportLanguage.Japanese), Phrases.Of(code, ReportLanguage.English));
        }
    }

    [Fact]
    public void What_comes_from_outside_is_escaped_in_html_and_disarmed_in_text()
    {
        var hostile = Hostile("<script>alert('&\"')</script>\u001B[2J\u202Egnp.exe");
        var html = ReportHtml.Write(hostile, ReportLanguage.English);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', html);
        Assert.DoesNotContain('\u001B', html);
        Assert.Contains("&lt;script&gt;alert(&#x27;&amp;&quot;&#x27;)&lt;/script&gt;", html, StringComparison.Ordinal);
        var text = ReportText.Write(hostile, ReportLanguage.English);
        Assert.DoesNotContain('\u001B', text);
        Assert.DoesNotContain('\u202E', text);
    }

    [Fact]
    public async Task The_json_tells_the_same_with_the_standards_names()
    {
        using var json = JsonDocument.Parse(ReportOnWire.ToJson(await Validate()));
        var root = json.RootElement;
        Assert.Equal("INDICATION_TOTAL_PASSED", root.GetProperty("conclusion").GetProperty("indication").GetString());
        var signature = root.GetProperty("signatures")[0];
        Assert.Equal("SIGNATURE", signature.GetProperty("role").GetString());
        Assert.Equal("signature-1/time-stamp-1", signature.GetProperty("provenBy").GetString());
        Assert.Equal("FILE", signature.GetProperty("pdf").GetProperty("coverage").GetString());
        Assert.Equal(Convert.ToBase64String(_world.Signer), signature.GetProperty("signingCertificate").GetString());
    }

    [Theory]
    [InlineData(SubIndication.OutOfBoundsNoPoe, "OUT_OF_BOUNDS_NO_POE")]
    [InlineData(SubIndication.CryptoConstraintsFailureNoPoe, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")]
    [InlineData(SubIndication.SigCryptoFailure, "SIG_CRYPTO_FAILURE")]
    [InlineData(SubIndication.TryLater, "TRY_LATER")]
    public void Sub_indications_are_spelled_as_in_the_standard(SubIndication reason, string name) =>
        Assert.Equal(name, StandardNames.Of(reason));

    private Task<ValidationReport> Validate()
    {
        var document = _world.SignPdf(SmallPdf.Write());
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        var request = _world.Fresh() with { Name = "contract.pdf" };
        return _world.Validator().ValidatePdfAsync(new MemoryStream(document), request, TestContext.Current.CancellationToken);
    }

    private ValidationReport Hostile(string text) =>
        new()
        {
            Subject = ReportSubject.Pdf,
            Name = text,
            ValidationTime = SigningWorld.Start,
            Policy = text,
            Conclusion = Conclusion.Failed(SubIndication.FormatFailure, FindingCode.Malformed, text, text),
            Signatures =
            [
                new SignatureReport
                {
                    Id = text,
                    Role = SignatureRole.Signature,
                    Conclusion = Conclusion.Failed(SubIndication.FormatFailure, FindingCode.Malformed, text, text),
                    Proof = new ProofOfExistence(SigningWorld.Start, text),
                    SigningCertificate = Certificate.Decode(_world.Signer),
                },
            ],
        };
}
