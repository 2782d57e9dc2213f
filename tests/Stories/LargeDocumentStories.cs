using System.Globalization;
using System.Security.Cryptography;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>Bounded memory: a document of any size streams through the Signer.</summary>
[Collection(StoryGroup.Name)]
public sealed class LargeDocumentStories(LocalInstallation installation) : IDisposable
{
    private const int PageSize = 8 << 20;
    private const long MostGrowth = 100 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A gigabyte of it with ECONTRACT_LONG=1.</summary>
    [Fact]
    public async Task A_large_document_is_uploaded_signed_and_fetched_in_bounded_memory()
    {
        var size = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 1L << 30 : 192L << 20;
        var original = Path.Combine(_folder.Path, "large.pdf");
        await using (var file = File.Create(original))
        {
            SizedPdf.Write(file, (int)(size / PageSize), PageSize);
        }

        await using var signer = await installation.StartSignerAsync();
        using var caller = installation.Connect("portal", signer.Port);
        var subscriber = await installation.EnrolAsync();
        // What every document needs once (fonts, code, connections) does not count.
        await SignAsync(caller, subscriber, LocalInstallation.Contract);
        var before = PeakOf(signer.Id);
        var signed = await SignAsync(caller, subscriber, original);
        var grown = PeakOf(signer.Id) - before;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{size >> 20} MB of document, peak resident memory {before >> 20} MB + {grown >> 20} MB"
        );
        Assert.True(grown < MostGrowth, $"the Signer's peak grew by {grown >> 20} MB from {before >> 20} MB");

        await using var result = File.OpenRead(signed);
        await using var source = File.OpenRead(original);
        Assert.Equal(await SHA256.HashDataAsync(source), await DigestOfFirstAsync(result, source.Length));
        Assert.Equal(1, await installation.TrustedSignaturesAsync(signed));
    }

    private async Task<string> SignAsync(Caller caller, Subscriber subscriber, string file)
    {
        string document;
        await using (var content = File.OpenRead(file))
        {
            document = (await caller.Portal.UploadAsync("large.pdf", content)).DocumentId;
        }

        var begun = await caller.Portal.BeginAsync(subscriber.CredentialId, [Signing.Item(document, "債務者")]);
        await caller.Portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);
        var path = Path.Combine(_folder.Path, $"{document}.pdf");
        await using var target = File.Create(path);
        await caller.Portal.DownloadAsync(document, target);
        return path;
    }

    private static async Task<byte[]> DigestOfFirstAsync(Stream content, long length)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (var left = length; left > 0; )
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            Assert.NotEqual(0, read);
            sha.AppendData(buffer, 0, read);
            left -= read;
        }

        return sha.GetHashAndReset();
    }

    /// <summary>Bytes of resident memory at most so far (proc(5), VmHWM).</summary>
    private static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
