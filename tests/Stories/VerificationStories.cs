using System.Text.Json.Nodes;
using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// <c>econtract verify</c> as people type it: on this machine, and by the server over mutual TLS; offline, and with what the CA's responder and
/// repository answer, which only those get who may ask that network.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class VerificationStories(LocalInstallation installation)
{
    [Fact]
    public async Task The_server_judges_over_mutual_TLS_and_fetches_only_if_asked()
    {
        var file = await SignAsync(SignatureLevel.BT);
        var offline = await installation.CliAsync("verify", file, "--json");
        Assert.True(offline.ExitCode == 4, offline.Output);
        Assert.Equal(("INDETERMINATE", "TRY_LATER"), Tell(offline.Output));
        var online = await installation.CliAsync("verify", file, "--online", "--json");
        Assert.True(online.ExitCode == 0, online.Output);
        Assert.Equal(("TOTAL_PASSED", null), Tell(online.Output));

        var page = await installation.CliAsync("verify", file, "--online", "--html");
        Assert.Equal(0, page.ExitCode);
        Assert.StartsWith("<!DOCTYPE html>", page.Output.TrimStart(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("山田太郎", page.Output, StringComparison.Ordinal);
        var english = await installation.CliAsync("verify", file, "--online", "--lang", "en");
        Assert.Contains("TOTAL-PASSED", english.Output, StringComparison.Ordinal);

        var trusting = await installation.CliAsync("verify", file, "--trust", installation.Root);
        Assert.Equal(1, trusting.ExitCode);
        Assert.Contains("--trust is for judging on this machine", trusting.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_this_machine_a_private_network_is_asked_only_if_it_is_named()
    {
        var file = await SignAsync(SignatureLevel.BT);
        string[] verify = ["verify", file, "--trust", installation.Root, "--json"];
        Assert.Equal(4, (await installation.LocalCliAsync(verify)).ExitCode);
        var refused = await installation.LocalCliAsync([.. verify, "--online"]);
        Assert.True(refused.ExitCode == 4, refused.Output);
        Assert.Equal(("INDETERMINATE", "TRY_LATER"), Tell(refused.Output));
        var allowed = await installation.LocalCliAsync([.. verify, "--online", "--allow-network", "127.0.0.0/8"]);
        Assert.True(allowed.ExitCode == 0, allowed.Output);
        var wrong = await installation.LocalCliAsync([.. verify, "--online", "--allow-network", "loopback"]);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("'loopback' is no network", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_document_has_failed_wherever_it_is_judged()
    {
        var file = await SignAsync(SignatureLevel.BLta);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[5000] ^= 1;
        var changed = Path.ChangeExtension(file, ".changed.pdf");
        await File.WriteAllBytesAsync(changed, bytes);
        foreach (
            var judged in new[] { await installation.CliAsync("verify", changed, "--online", "--json"), await JudgeHereAsync(changed) }
        )
        {
            Assert.True(judged.ExitCode == 5, judged.Output);
            Assert.Equal("TOTAL_FAILED", Tell(judged.Output).Indication);
        }

        var both = await installation.CliAsync("verify", changed, file, "--online", "--lang", "en");
        Assert.Equal(5, both.ExitCode);
        Assert.Contains("TOTAL-PASSED", both.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_a_preserved_document_needs_nothing_but_the_lists_of_the_day()
    {
        var file = await SignAsync(SignatureLevel.BLta);
        using var http = new HttpClient();
        var lists = new List<string>();
        foreach (var name in new[] { "root", "infrastructure", "subscribers" })
        {
            var list = Path.Combine(installation.Home, $"{Guid.NewGuid():N}-{name}.crl");
            var address = $"http://127.0.0.1:{installation.HttpPort}/crl/{name}.crl";
            await File.WriteAllBytesAsync(list, await http.GetByteArrayAsync(address, TestContext.Current.CancellationToken));
            lists.AddRange(["--known", list]);
        }

        var offline = await installation.LocalCliAsync(["verify", file, "--trust", installation.Root, .. lists, "--json"]);
        Assert.True(offline.ExitCode == 0, offline.Output);
        Assert.Equal(("TOTAL_PASSED", null), Tell(offline.Output));
        Assert.Contains("DOCUMENT_TIME_STAMP", offline.Output, StringComparison.Ordinal);
        var wrong = await installation.LocalCliAsync("verify", file, "--trust", installation.Root, "--known", file);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("is no certificate, CRL", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_is_judged_with_its_path_and_its_status()
    {
        var subscriber = await installation.EnrolAsync();
        using var caller = installation.Connect("portal");
        var certificate = (await caller.Portal.Enrollment.GetAsync(subscriber.CredentialId)).Certificate;
        var file = Path.Combine(installation.Home, $"{Guid.NewGuid():N}.cer");
        await File.WriteAllBytesAsync(file, certificate.ToByteArray());
        var online = await installation.CliAsync("verify", file, "--online", "--lang", "en");
        Assert.True(online.ExitCode == 0, online.Output);
        Assert.Equal(4, (await installation.CliAsync("verify", file)).ExitCode);
        string[] here = ["verify", file, "--trust", installation.Root, "--online", "--allow-network", "127.0.0.0/8", "--json"];
        var local = await installation.LocalCliAsync(here);
        Assert.Equal((0, ("TOTAL_PASSED", null)), (local.ExitCode, Tell(local.Output)));
    }

    private Task<(int ExitCode, string Output)> JudgeHereAsync(string file) =>
        installation.LocalCliAsync("verify", file, "--trust", installation.Root, "--json");

    private static (string Indication, string? SubIndication) Tell(string json)
    {
        var conclusion = JsonNode.Parse(json)!["conclusion"]!;
        return (
            conclusion["indication"]!.GetValue<string>().Replace("INDICATION_", "", StringComparison.Ordinal),
            conclusion["subIndication"]?.GetValue<string>().Replace("SUB_INDICATION_", "", StringComparison.Ordinal)
        );
    }

    private async Task<string> SignAsync(SignatureLevel level)
    {
        using var caller = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var document = await caller.Portal.UploadContractAsync();
        var begun = await caller.Portal.BeginAsync(subscriber.CredentialId, [Signing.Item(document, "債務者", level: level)]);
        await caller.Portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);
        var file = Path.Combine(installation.Home, $"{Guid.NewGuid():N}.pdf");
        await File.WriteAllBytesAsync(file, await caller.Portal.DownloadAsync(document));
        return file;
    }
}
