using EContract.Client;
using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>Steps that many stories take.</summary>
internal static class Signing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    public static async Task<string> UploadContractAsync(this SigningPortal portal)
    {
        await using var contract = File.OpenRead(LocalInstallation.Contract);
        return (await portal.UploadAsync("金銭消費貸借契約書.pdf", contract)).DocumentId;
    }

    public static async Task<byte[]> DownloadAsync(this SigningPortal portal, string document)
    {
        using var target = new MemoryStream();
        await portal.DownloadAsync(document, target);
        return target.ToArray();
    }

    public static Task<BeginSigningResponse> BeginAsync(this SigningPortal portal, Subscriber subscriber, params string[] documents) =>
        portal.BeginAsync(subscriber.CredentialId, documents.Select(document => Item(document, "債務者")));

    /// <summary>The Signer hears of the RA's and the CA's decisions from feeds.</summary>
    public static async Task WaitForAsync(this SigningPortal portal, string credential, CredentialState state)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while ((await portal.Enrollment.GetAsync(credential)).State != state)
        {
            await Task.Delay(50, timeout.Token);
        }
    }

    public static SignatureItem Item(string document, string role, double y = 449, SignatureLevel level = SignatureLevel.BT) =>
        new()
        {
            Pdf = new PdfSignature
            {
                DocumentId = document,
                Placement = new Placement
                {
                    X = 305,
                    Y = y,
                    Width = 220,
                    Height = 86,
                },
                Reason = "契約内容に同意します",
                Role = role,
                Level = level,
            },
        };

    public static async Task<RefusedException> RefusedAsync(string reason, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(call);
        Assert.Equal(reason, refused.Reason);
        return refused;
    }
}
