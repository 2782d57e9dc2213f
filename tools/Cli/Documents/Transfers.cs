using EContract.Cli.Connections;
using EContract.Client;
using EContract.Proto.Signer.V1;
using Spectre.Console;

namespace EContract.Cli.Documents;

/// <summary>Documents to the server and back, with a bar on a terminal's standard error: large ones take a while.</summary>
internal static class Transfers
{
    public static async Task<UploadDocumentResponse> UploadAsync(
        SigningPortal portal,
        FileInfo file,
        IReadOnlyList<Party> parties,
        CancellationToken cancellationToken
    )
    {
        if (!file.Exists)
        {
            throw new CommandException($"{file.FullName} is not there");
        }

        await using var content = file.OpenRead();
        return await ShowAsync(
            $"sending {file.Name}",
            content.Length,
            () => content.Position,
            () => portal.UploadAsync(file.Name, content, parties, cancellationToken)
        );
    }

    /// <summary>The file appears when it is whole: a transfer that was cut off leaves nothing that looks like the document.</summary>
    public static async Task DownloadAsync(
        SigningPortal portal,
        string documentId,
        int version,
        string path,
        CancellationToken cancellationToken
    )
    {
        var known = await portal.GetDocumentAsync(documentId, cancellationToken);
        var unfinished = $"{path}.part";
        try
        {
            await using (var target = File.Create(unfinished))
            {
                await ShowAsync(
                    $"fetching {Path.GetFileName(path)}",
                    known.Size,
                    () => target.Position,
                    () => portal.DownloadAsync(documentId, target, version, cancellationToken)
                );
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    internal static async Task<T> ShowAsync<T>(string what, long size, Func<long> position, Func<Task<T>> transfer)
    {
        if (Console.IsErrorRedirected)
        {
            return await transfer();
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console
            .Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(Markup.Escape(what), maxValue: Math.Max(size, 1));
                var running = transfer();
                while (await Task.WhenAny(running, Task.Delay(100)) != running)
                {
                    bar.Value = position();
                }

                return await running;
            });
    }
}
