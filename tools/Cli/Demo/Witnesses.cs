using System.Security.Cryptography;
using EContract.Cli.Connections;

namespace EContract.Cli.Demo;

/// <summary>Has OpenSSL, poppler, qpdf and curl judge what was made.</summary>
internal sealed class Witnesses(DemoStage stage)
{
    public async Task VerifyAsync(
        string original,
        string signed,
        Connection portal,
        string credentialId,
        CancellationToken cancellationToken
    )
    {
        var pdf = await File.ReadAllBytesAsync(signed, cancellationToken);
        var before = await File.ReadAllBytesAsync(original, cancellationToken);
        await Steps.DoAsync(
            "the original is an exact prefix of the signed document",
            () => Task.FromResult(pdf.AsSpan().StartsWith(before)),
            holds =>
                holds ? $"{before.Length:N0} of {pdf.Length:N0} bytes" : throw new CommandException("the original's bytes were changed")
        );
        await Steps.DoAsync(
            "qpdf --check",
            () => ForeignTools.CheckAsync("qpdf", ["--check", signed], cancellationToken),
            _ => "no errors"
        );
        await PdfsigAsync(signed, cancellationToken);
        var signatures = SignedPdf.Read(pdf);
        for (var i = 0; i < signatures.Count; i++)
        {
            if (signatures[i].IsTimeStamp)
            {
                await TokenAsync(
                    signatures[i].Cms,
                    signatures[i].Content,
                    $"document time-stamp, revision {i + 1}",
                    i + 1,
                    cancellationToken
                );
                continue;
            }

            await CmsAsync(signatures[i], i + 1, cancellationToken);
            var (token, value) = signatures[i].TimeStamp();
            await TokenAsync(token, value, $"time-stamp of signature {i + 1}", i + 1, cancellationToken);
        }

        await OcspAsync(portal, credentialId, cancellationToken);
        await PublicTimeStampAsync(original, cancellationToken);
        var image = stage.Result("loan-contract-signed");
        await Steps.DoAsync(
            "pdftoppm renders the signed page",
            () =>
                ForeignTools.CheckAsync(
                    "pdftoppm",
                    ["-png", "-r", "110", "-f", "4", "-l", "4", "-singlefile", signed, image],
                    cancellationToken
                ),
            _ => $"{image}.png"
        );
    }

    private async Task PdfsigAsync(string signed, CancellationToken cancellationToken)
    {
        var database = Path.Combine(stage.Evidence, "nss");
        if (!File.Exists(Path.Combine(database, "cert9.db")))
        {
            Directory.CreateDirectory(database);
            await ForeignTools.CheckAsync("certutil", ["-N", "-d", $"sql:{database}", "--empty-password"], cancellationToken);
            await ForeignTools.CheckAsync(
                "certutil",
                ["-A", "-d", $"sql:{database}", "-n", "root", "-t", "C,C,C", "-i", stage.Root],
                cancellationToken
            );
        }

        await Steps.DoAsync(
            "pdfsig",
            () => ForeignTools.CheckAsync("pdfsig", ["-nssdir", database, signed], cancellationToken),
            output =>
            {
                var valid = Count(output, "Signature Validation: Signature is Valid.");
                var trusted = Count(output, "Certificate Validation: Certificate is Trusted.");
                return valid == 3 && trusted == 3
                    ? "3 signatures, all valid and trusted"
                    : throw new CommandException($"pdfsig does not accept all three signatures:\n{output}");
            }
        );
    }

    private async Task CmsAsync(SignedPdf signature, int number, CancellationToken cancellationToken)
    {
        var cms = Path.Combine(stage.Evidence, $"signature-{number}.p7s");
        var content = Path.Combine(stage.Evidence, $"signature-{number}.content");
        await File.WriteAllBytesAsync(cms, signature.Cms, cancellationToken);
        await File.WriteAllBytesAsync(content, signature.Content, cancellationToken);
        await Steps.DoAsync(
            $"openssl cms -verify, signature {number}",
            () =>
                ForeignTools.CheckAsync(
                    "openssl",
                    [
                        "cms",
                        "-verify",
                        "-inform",
                        "DER",
                        "-in",
                        cms,
                        "-content",
                        content,
                        "-binary",
                        "-purpose",
                        "any",
                        "-CAfile",
                        stage.Root,
                        "-out",
                        "/dev/null",
                    ],
                    cancellationToken
                ),
            LastLine
        );
    }

    private async Task TokenAsync(byte[] token, byte[] value, string what, int number, CancellationToken cancellationToken)
    {
        var path = Path.Combine(stage.Evidence, $"signature-{number}.tst");
        var stamped = Path.Combine(stage.Evidence, $"signature-{number}.value");
        await File.WriteAllBytesAsync(path, token, cancellationToken);
        await File.WriteAllBytesAsync(stamped, value, cancellationToken);
        await Steps.DoAsync(
            $"openssl ts -verify, {what}",
            () =>
                ForeignTools.CheckAsync(
                    "openssl",
                    ["ts", "-verify", "-data", stamped, "-in", path, "-token_in", "-CAfile", stage.Root],
                    cancellationToken
                ),
            LastLine
        );
    }

    private async Task OcspAsync(Connection portal, string credentialId, CancellationToken cancellationToken)
    {
        var credential = await portal.Portal.Enrollment.GetAsync(credentialId, cancellationToken);
        var certificate = Path.Combine(stage.Evidence, "subscriber.pem");
        var issuer = Path.Combine(stage.Evidence, "issuer.pem");
        await File.WriteAllTextAsync(certificate, PemEncoding.WriteString("CERTIFICATE", credential.Certificate.Span), cancellationToken);
        await File.WriteAllTextAsync(issuer, PemEncoding.WriteString("CERTIFICATE", credential.Chain[0].Span), cancellationToken);
        var url = (await ForeignTools.CheckAsync("openssl", ["x509", "-in", certificate, "-noout", "-ocsp_uri"], cancellationToken)).Trim();
        await Steps.DoAsync(
            $"openssl ocsp at {url}",
            () =>
                ForeignTools.CheckAsync(
                    "openssl",
                    ["ocsp", "-issuer", issuer, "-cert", certificate, "-url", url, "-CAfile", stage.Root],
                    cancellationToken
                ),
            output =>
                output.Contains($"{certificate}: good", StringComparison.Ordinal)
                    ? "good"
                    : throw new CommandException($"OCSP does not say good:\n{output}")
        );
    }

    /// <summary>The time-stamp authority for everyone: a query by openssl, sent by curl, the answer verified by openssl.</summary>
    private async Task PublicTimeStampAsync(string data, CancellationToken cancellationToken)
    {
        var query = Path.Combine(stage.Evidence, "query.tsq");
        var reply = Path.Combine(stage.Evidence, "reply.tsr");
        await ForeignTools.CheckAsync("openssl", ["ts", "-query", "-data", data, "-sha256", "-cert", "-out", query], cancellationToken);
        await Steps.DoAsync(
            $"curl and openssl ts at {stage.Http}/tsa",
            async () =>
            {
                await ForeignTools.CheckAsync(
                    "curl",
                    [
                        "-sS",
                        "-f",
                        "-H",
                        "Content-Type: application/timestamp-query",
                        "--data-binary",
                        $"@{query}",
                        "-o",
                        reply,
                        $"{stage.Http}/tsa",
                    ],
                    cancellationToken
                );
                return await ForeignTools.CheckAsync(
                    "openssl",
                    ["ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", stage.Root],
                    cancellationToken
                );
            },
            LastLine
        );
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>The verdict: OpenSSL's last line, but for what it says of its configuration.</summary>
    private static string LastLine(string output) =>
        output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => !line.StartsWith("Using configuration", StringComparison.Ordinal), "");
}
