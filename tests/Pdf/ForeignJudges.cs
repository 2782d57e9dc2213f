using EContract.Pdf.Reading;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>qpdf, poppler and OpenSSL on one document.</summary>
internal static class ForeignJudges
{
    /// <summary>0 sound, 1 with warnings, 2 with errors.</summary>
    public static async Task<(int Severity, string Output)> QpdfAsync(string file)
    {
        (int exit, string output) = await ForeignTool.RunAsync("qpdf", "--check", file);
        // qpdf: 3 is only warnings, 2 is errors.
        return (
            exit switch
            {
                0 => 0,
                3 => 1,
                _ => 2,
            },
            output
        );
    }

    /// <summary>How many signatures pdfsig calls valid, and how many cover the whole file.</summary>
    public static async Task<(int Valid, int Whole, string Output)> PdfsigAsync(string file, string nssDirectory)
    {
        (_, string output) = await ForeignTool.RunAsync("pdfsig", "-nssdir", nssDirectory, file);
        return (Count(output, "Signature is Valid."), Count(output, "Total document signed"), output);
    }

    /// <summary>Extracts a signature and lets OpenSSL verify it over the covered bytes.</summary>
    public static async Task OpenSslVerifiesAsync(SignatureReader reader, EmbeddedSignature found, TemporaryFolder folder)
    {
        using var covered = new MemoryStream();
        reader.ReadCovered(found, block => covered.Write(block));
        (int exit, string output) = await ForeignTool.RunAsync(
            "openssl",
            "cms",
            "-verify",
            "-cades",
            "-binary",
            "-inform",
            "DER",
            "-in",
            folder.Write("signature.p7s", found.Cms.Span),
            "-content",
            folder.Write("covered.bin", covered.ToArray()),
            "-CAfile",
            folder.Write("root.pem", TestSigner.RootPem),
            "-purpose",
            "any",
            "-out",
            System.IO.Path.Combine(folder.Path, "out.bin")
        );
        Assert.True(exit == 0, output);
    }

    private static int Count(string text, string what) => text.Split(what).Length - 1;
}
