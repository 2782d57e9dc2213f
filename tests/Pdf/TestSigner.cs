using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.TestKit;

namespace EContract.Pdf.Tests;

/// <summary>Signs documents with a throwaway RSA-2048 key and certificate, in two steps as the service does.</summary>
internal static class TestSigner
{
    private static readonly TestHierarchy Hierarchy = new();
    private static readonly TestKey Key = TestKey.Rsa();
    private static readonly byte[] Certificate = Hierarchy.IssueSubscriber(Key.SubjectPublicKeyInfo);

    public static DateTimeOffset Time { get; } = new(2026, 11, 20, 17, 35, 0, TimeSpan.FromHours(9));

    public static string RootPem => Hierarchy.RootPem;

    /// <summary>A request with room for <see cref="Cms"/> and nothing shown.</summary>
    public static SignatureRequest Request { get; } =
        new()
        {
            ContentsSize = 4096,
            Time = Time,
            SignerName = "山田太郎",
            Reason = "契約の締結",
        };

    public static byte[] Sign(ReadOnlyMemory<byte> original, SignatureRequest? request = null)
    {
        PreparedPdf prepared = PdfSigning.Prepare(original, request ?? Request);
        return PdfSigning.Complete(original, prepared, Cms(prepared));
    }

    public static byte[] Cms(PreparedPdf prepared)
    {
        var signer = new CadesSigner(
            Hierarchy.Chain(Certificate),
            SignatureAlgorithm.Get(SignatureKind.RsaPkcs1, prepared.DigestAlgorithm)
        );
        PreparedSignature signature = signer.Prepare(prepared.Digest.Span);
        return signature.Complete(Key.SignDigest(signature.Digest, signature.Algorithm)).Encode();
    }
}
