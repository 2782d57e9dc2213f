using System.Security.Cryptography.X509Certificates;
using EContract.Client;
using EContract.Grpc.Client;
using EContract.Proto.Signer.V1;

namespace EContract.Stories.Tests;

/// <summary>The README's C#, word for word between the two marks: what stands there is compiled and run here.</summary>
internal static class PortalExample
{
    public static async Task RunAsync(
        string address,
        string home,
        string pdf,
        string signedPdf,
        string credentialId,
        Func<Task<string>> askForOtp,
        Func<Task<string>> askForPin
    )
    {
        // begin
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile($"{home}/callers/ca.crt");
        using var certificate = X509Certificate2.CreateFromPemFile($"{home}/callers/portal.crt", $"{home}/callers/portal.key");
        using var channel = GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions { ClientCertificate = certificate, TrustedRoots = roots }
        );

        var portal = new SigningPortal(channel);
        await using var contract = File.OpenRead(pdf);
        var document = await portal.UploadAsync("contract.pdf", contract);
        var item = new SignatureItem
        {
            Pdf = new PdfSignature { DocumentId = document.DocumentId, Role = "債務者" },
        };
        var begun = await portal.BeginAsync(credentialId, [item]); // the subscriber gets his one-time password
        await portal.CompleteAsync(begun.ActivationId, await askForOtp(), await askForPin()); // both factors, once

        await using var signed = File.Create(signedPdf);
        await portal.DownloadAsync(document.DocumentId, signed);
        // end
    }
}
