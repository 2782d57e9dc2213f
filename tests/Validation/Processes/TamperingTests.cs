using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.TestKit;
using EContract.Validation.Conclusions;
using Xunit;

namespace EContract.Validation.Tests.Processes;

/// <summary>
/// Whatever bit of what was signed is turned, the verdict is not TOTAL-PASSED; and whatever the bytes are, the answer is a report.
/// Random, with the seed in the message; ECONTRACT_LONG turns more.
/// </summary>
public sealed class TamperingTests : IDisposable
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ECONTRACT_LONG") is { Length: > 0 } ? 20_000 : 160;
    private static readonly int Step = Rounds > 1000 ? 1 : 5; // coprime to 8: every bit position comes

    private readonly SigningWorld _world = new();
    private readonly int _seed = PropertyRuns.Seed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Any_bit_that_a_PDF_signature_covers_counts()
    {
        var document = _world.SignPdf(SmallPdf.Write());
        var request = _world.Fresh();
        Assert.True((await _world.Validator().ValidatePdfAsync(new MemoryStream(document), request, Cancellation)).Conclusion.IsPassed);
        var range = new SignatureReader(PdfDocument.Open(document)).Signatures[0].ByteRange!.Value;
        var random = new Random(_seed);
        for (var i = 0; i < Rounds; i++)
        {
            var at = random.Next((int)(range.End - (range.GapEnd - range.GapStart)));
            var (position, bit) = (at < range.GapStart ? at : at + (int)(range.GapEnd - range.GapStart), random.Next(8));
            var changed = Flip(document, position, bit);
            var report = await _world.Validator().ValidatePdfAsync(new MemoryStream(changed), request, Cancellation);
            Assert.False(report.Conclusion.IsPassed, $"seed {_seed}: bit {bit} of byte {position} was turned unseen");
        }
    }

    [Fact]
    public async Task Any_bit_that_a_document_time_stamp_covers_counts()
    {
        var document = _world.Preserve(_world.SignPdf(SmallPdf.Write()), "Test TSU", _world.Signer);
        var stamp = new SignatureReader(PdfDocument.Open(document)).Signatures[^1];
        var random = new Random(_seed);
        for (var i = 0; i < Rounds / 4; i++)
        {
            var (position, bit) = (random.Next((int)stamp.ByteRange!.Value.GapStart), random.Next(8));
            var report = await _world.Validator().ValidatePdfAsync(new MemoryStream(Flip(document, position, bit)), null, Cancellation);
            Assert.False(report.Conclusion.IsPassed, $"seed {_seed}: bit {bit} of byte {position} was turned unseen");
        }
    }

    [Fact]
    public async Task Any_bit_of_the_signed_parts_of_a_CMS_counts()
    {
        byte[] content = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        var signature = _world.WithTimeStamp(_world.Sign(content, attached: true));
        var encoded = signature.Encode();
        var request = _world.Fresh();
        Assert.True((await _world.Validator().ValidateCmsAsync(encoded, request, Cancellation)).Conclusion.IsPassed);
        var signer = signature.SignedData.SignerInfos[0];
        foreach (var part in new[] { content, signer.SignedAttributes!.Value.ToArray(), signer.Signature.ToArray() })
        {
            var start = encoded.AsSpan().IndexOf(part);
            Assert.True(start > 0);
            for (var bit = 0; bit < part.Length * 8; bit += Step)
            {
                var report = await _world.Validator().ValidateCmsAsync(Flip(encoded, start + bit / 8, bit % 8), request, Cancellation);
                Assert.False(report.Conclusion.IsPassed, $"bit {bit} of a signed part was turned unseen");
            }
        }
    }

    [Fact]
    public async Task Any_bit_of_a_tokens_signed_parts_counts()
    {
        var digest = System.Security.Cryptography.SHA256.HashData([1]);
        var token = _world.Stamp(digest);
        var request = _world.Fresh() with { ContentDigest = (System.Security.Cryptography.HashAlgorithmName.SHA256, digest) };
        var read = Pki.Tsp.TimeStampToken.Decode(token);
        foreach (
            var part in new[]
            {
                read.SignedData.Content!.Value.ToArray(),
                read.SignerInfo.SignedAttributes!.Value.ToArray(),
                read.SignerInfo.Signature.ToArray(),
            }
        )
        {
            var start = token.AsSpan().IndexOf(part);
            for (var bit = 0; bit < part.Length * 8; bit += Step)
            {
                var report = await _world.Validator().ValidateTimeStampAsync(Flip(token, start + bit / 8, bit % 8), request, Cancellation);
                Assert.False(report.Conclusion.IsPassed, $"bit {bit} of a signed part was turned unseen");
            }
        }
    }

    [Fact]
    public async Task Whatever_the_bytes_are_the_answer_is_a_report()
    {
        byte[][] seeds =
        [
            _world.Preserve(_world.SignPdf(SmallPdf.Write()), "Test TSU", _world.Signer),
            _world.WithTimeStamp(_world.Sign(new byte[] { 1, 2, 3 }, attached: true)).Encode(),
            _world.Stamp(new byte[32]),
            _world.Signer,
            [],
        ];
        var random = new Random(_seed);
        var validator = _world.Validator();
        for (var i = 0; i < Rounds; i++)
        {
            var broken = Mutate(seeds[random.Next(seeds.Length)], random);
            foreach (
                var report in new[]
                {
                    await validator.ValidatePdfAsync(new MemoryStream(broken), null, Cancellation),
                    await validator.ValidateCmsAsync(broken, null, Cancellation),
                    await validator.ValidateTimeStampAsync(broken, null, Cancellation),
                    await validator.ValidateCertificateAsync(broken, cancellationToken: Cancellation),
                }
            )
            {
                Assert.True(report.Conclusion.IsPassed || report.Conclusion.SubIndication is not null, $"seed {_seed}, round {i}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("%PDF-1.7\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n")]
    public async Task What_is_nothing_is_a_format_failure(string text)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        var validator = _world.Validator();
        foreach (
            var report in new[]
            {
                await validator.ValidatePdfAsync(new MemoryStream(bytes), null, Cancellation),
                await validator.ValidateCmsAsync(bytes, null, Cancellation),
                await validator.ValidateTimeStampAsync(bytes, null, Cancellation),
                await validator.ValidateCertificateAsync(bytes, cancellationToken: Cancellation),
            }
        )
        {
            Assert.Equal(SubIndication.FormatFailure, report.Conclusion.SubIndication);
        }
    }

    private static byte[] Flip(byte[] bytes, int position, int bit)
    {
        var changed = bytes.ToArray();
        changed[position] ^= (byte)(1 << bit);
        return changed;
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (var i = random.Next(1, 5); i > 0 && list.Count > 0; i--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(4))
            {
                case 0:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1:
                    list.RemoveRange(at, Math.Min(random.Next(1, 64), list.Count - at));
                    break;
                case 2:
                    list.InsertRange(at, list.GetRange(at, Math.Min(random.Next(1, 64), list.Count - at)));
                    break;
                default:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. list];
    }
}
