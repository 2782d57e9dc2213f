using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Pdf;
using EContract.Pdf.Appearance;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.TestKit;
using EContract.TestKit.Documents;

namespace EContract.Bench.Pades;

/// <summary>
/// Signing PDFs in memory with a software RSA-2048 key, beside what nobody can save: SHA-256 of the document, one copy of it and one RSA signature.
/// </summary>
public static class PadesBench
{
    private static readonly DateTimeOffset Time = new(2026, 11, 20, 17, 35, 0, TimeSpan.FromHours(9));

    public static Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        var budget = TimeSpan.FromSeconds(quick ? 2 : 10);
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.Rsa2048, "bench");
        using var hierarchy = new TestHierarchy("Bench");
        var signer = new CadesSigner(
            hierarchy.Chain(hierarchy.IssueSubscriber(key.SubjectPublicKeyInfo)),
            SignatureAlgorithm.Get(SignatureKind.RsaPkcs1, HashAlgorithmName.SHA256)
        );
        var invisible = new SignatureRequest
        {
            ContentsSize = signer.MaxSize(),
            Time = Time,
            SignerName = "山田太郎",
        };
        SignatureRequest visible = invisible with
        {
            Placement = new SignaturePlacement(-1, new Rectangle(60, 60, 240, 80)),
            Appearance = SignatureAppearance.ForSigner("山田太郎", "債務者", "契約の締結", Time, JapaneseFonts.Gothic),
        };
        byte[] small = SizedPdf.ToArray(pages: 3, bytesPerPage: 33_000);
        byte[] large = SizedPdf.ToArray(pages: 50, bytesPerPage: 104_000);
        IReadOnlyList<BenchRow> rows =
        [
            Row("PAdES-B, 100 KB, RSA-2048", small, invisible, "≤ 0.9 ms (iText 5: 3.7 ms)"),
            Row("PAdES-B, 5 MB of 50 pages, RSA-2048", large, invisible, "≤ 6 ms (iText 5: 31 ms)"),
            Row("PAdES-B visible in Japanese, 100 KB, RSA-2048", small, visible, ""),
            Row("PAdES-B visible in Japanese, 5 MB of 50 pages, RSA-2048", large, visible, ""),
        ];
        return Task.FromResult(rows);

        BenchRow Row(string name, byte[] document, SignatureRequest request, string goal)
        {
            (double ours, double limit) = Medians(() => Sign(document, request, signer, key), () => Unavoidable(document, key), budget);
            return new BenchRow(name, ours, "ms", "SHA-256, copy and RSA alone", limit, "ms", limit / ours, goal);
        }
    }

    private static byte[] Sign(byte[] document, SignatureRequest request, CadesSigner signer, SoftwareSigningKey key)
    {
        PreparedPdf prepared = PdfSigning.Prepare(document, request);
        PreparedSignature cms = signer.Prepare(prepared.Digest.Span);
        byte[] signature = new byte[key.MaxSignatureSize];
        int length = key.SignDigest(cms.Digest.Span, HashAlgorithmName.SHA256, SignatureScheme.RsaPkcs1, signature);
        return PdfSigning.Complete(document, prepared, cms.Complete(signature.AsMemory(0, length)).Encode());
    }

    private static byte[] Unavoidable(byte[] document, SoftwareSigningKey key)
    {
        byte[] digest = SHA256.HashData(document);
        byte[] signature = new byte[key.MaxSignatureSize];
        key.SignDigest(digest, HashAlgorithmName.SHA256, SignatureScheme.RsaPkcs1, signature);
        return document.AsSpan().ToArray();
    }

    /// <summary>Milliseconds of the median runs of two, taken by turns so that both see the same machine.</summary>
    private static (double First, double Second) Medians(Func<byte[]> first, Func<byte[]> second, TimeSpan budget)
    {
        var samples = (First: new List<double>(), Second: new List<double>());
        for (int i = 0; i < 30; i++)
        {
            first();
            second();
        }
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < budget || samples.First.Count < 30)
        {
            samples.First.Add(Milliseconds(first));
            samples.Second.Add(Milliseconds(second));
        }
        return (Median(samples.First), Median(samples.Second));
    }

    private static double Milliseconds(Func<byte[]> run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> samples)
    {
        samples.Sort();
        return samples[samples.Count / 2];
    }
}
