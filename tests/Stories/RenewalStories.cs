using System.Security.Cryptography;
using EContract.Client;
using EContract.Proto.Archive.V1;
using EContract.Proto.Signer.V1;
using Grpc.Core;
using Xunit;
using GetDocumentRequest = EContract.Proto.Archive.V1.GetDocumentRequest;

namespace EContract.Stories.Tests;

/// <summary>
/// R10: a registered document is renewed where it lies by a server that is killed (SIGKILL) between two of its steps. Another one brings it to
/// its end: the document has one new time-stamp, the register tells of it, and the file was whole all the time.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class RenewalStories(LocalInstallation installation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("RenewalAnnounced", false)]
    [InlineData("DocumentReplaced", true)]
    public async Task A_killed_renewal_is_brought_to_its_end(string point, bool isReplaced)
    {
        await using var survivor = await installation.StartSignerAsync(Lease());
        using var archive = installation.Connect("archive", survivor.Port);
        var (document, path, signed) = await RegisterAsync(archive.Archive);

        await KillAsync(point, document);
        var left = await File.ReadAllBytesAsync(path);
        Assert.Equal(isReplaced, left.Length > signed.Length);
        Assert.True(left.AsSpan().StartsWith(signed));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!).Except([path]));

        var answer = await RenewAsync(archive.Archive, document);
        // What lay there already is only entered, and not stamped again.
        Assert.Equal(isReplaced, answer.Result is null);
        var renewed = await File.ReadAllBytesAsync(path);
        Assert.Equal(isReplaced, renewed.AsSpan().SequenceEqual(left));
        Assert.True(renewed.Length > signed.Length && renewed.AsSpan().StartsWith(signed));
        var row = (await archive.Archive.Service.GetDocumentAsync(new GetDocumentRequest { DocumentId = document })).Document;
        Assert.Equal(1, row.Renewals);
        Assert.Equal(SHA256.HashData(renewed), row.Digest.ToByteArray());
        Assert.Equal(1, await installation.TrustedSignaturesAsync(renewed));

        // Renewed by everybody's command, once more.
        var (code, output) = await installation.CliAsync("archive", "restamp", document, "--server", $"https://127.0.0.1:{survivor.Port}");
        Assert.True(code == 0, output);
        Assert.True((await File.ReadAllBytesAsync(path)).AsSpan().StartsWith(renewed));
    }

    // The killed one holds the document no longer than this.
    private static Dictionary<string, string?> Lease() => new() { ["Signer:Archive:RenewalLease"] = "00:00:02" };

    private async Task KillAsync(string point, string document)
    {
        var settings = Lease();
        settings["Signer:Signing:KillAt"] = point;
        await using var doomed = await installation.StartSignerAsync(settings);
        using var caller = installation.Connect("archive", doomed.Port);
        var broken = await Assert.ThrowsAsync<RefusedException>(() =>
            RefusedException.TranslateAsync(() =>
                caller.Archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = document }).ResponseAsync
            )
        );
        Assert.Equal((StatusCode.Unavailable, ""), (broken.StatusCode, broken.Reason));
        Assert.Equal(128 + 9, await doomed.DeathAsync());
    }

    /// <summary>As soon as the claim of the dead one has run out.</summary>
    private static async Task<RestampDocumentResponse> RenewAsync(ArchiveJobs archive, string document)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await RefusedException.TranslateAsync(() =>
                    archive.Service.RestampDocumentAsync(new RestampDocumentRequest { DocumentId = document }).ResponseAsync
                );
            }
            catch (RefusedException e) when (e.Reason == "REQUEST_IN_PROGRESS")
            {
                await Task.Delay(100, timeout.Token);
            }
        }
    }

    private async Task<(string Document, string Path, byte[] Signed)> RegisterAsync(ArchiveJobs archive)
    {
        using var portal = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var uploaded = await portal.Portal.UploadContractAsync();
        var begun = await portal.Portal.BeginAsync(subscriber.CredentialId, [Signing.Item(uploaded, "債務者", level: SignatureLevel.BLta)]);
        await portal.Portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);
        var signed = await portal.Portal.DownloadAsync(uploaded);
        var folder = Directory.CreateDirectory(Path.Combine(installation.Home, "archive", Guid.NewGuid().ToString("N")));
        var path = Path.Combine(folder.FullName, "contract.pdf");
        await File.WriteAllBytesAsync(path, signed);
        var request = new RegisterDocumentRequest { Name = "契約書", Location = $"file:{folder.Name}/contract.pdf" };
        var registered = await RefusedException.TranslateAsync(() => archive.Service.RegisterDocumentAsync(request).ResponseAsync);
        return (registered.Document.DocumentId, path, signed);
    }
}
