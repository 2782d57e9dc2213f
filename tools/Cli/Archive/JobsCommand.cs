using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Archive.V1;
using Google.Protobuf;
using Grpc.Core;
using Spectre.Console;

namespace EContract.Cli.Archive;

/// <summary><c>econtract archive evidence jobs</c>: the archive's jobs on all nodes, as bars that move.</summary>
internal static class JobsCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("job") { Description = "Only this job", DefaultValueFactory = _ => "" };
        var seconds = new Option<double>("--seconds") { Description = "How long to watch; 0: until interrupted" };
        var command = new Command("jobs", "Watch the archive's jobs on all nodes") { name, seconds };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                if (parsed.GetValue(seconds) is > 0 and var limit)
                {
                    end.CancelAfter(TimeSpan.FromSeconds(limit));
                }

                using var connection = Connection.Open(parsed, "archive");
                using var call = connection.Evidence.WatchJobs(
                    new WatchJobsRequest { Job = parsed.GetValue(name)! },
                    cancellationToken: end.Token
                );
                try
                {
                    if (parsed.GetValue(GlobalOptions.Json) || !AnsiConsole.Profile.Capabilities.Interactive)
                    {
                        await PrintLinesAsync(call.ResponseStream, parsed.GetValue(GlobalOptions.Json), end.Token);
                    }
                    else
                    {
                        await ShowBarsAsync(call.ResponseStream, end.Token);
                    }
                }
                catch (Exception e)
                    when (!cancellationToken.IsCancellationRequested
                        && end.IsCancellationRequested
                        && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
                    )
                {
                    // The time that was asked for is over.
                }
            }
        );
        return command;
    }

    private static async Task PrintLinesAsync(IAsyncStreamReader<WatchJobsResponse> stream, bool json, CancellationToken cancellationToken)
    {
        await foreach (var change in stream.ReadAllAsync(cancellationToken))
        {
            Console.WriteLine(json ? JsonFormatter.Default.Format(change.Run) : Line(change.Run));
        }
    }

    private static Task ShowBarsAsync(IAsyncStreamReader<WatchJobsResponse> stream, CancellationToken cancellationToken) =>
        AnsiConsole
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async bars =>
            {
                var shown = new Dictionary<string, ProgressTask>();
                await foreach (var change in stream.ReadAllAsync(cancellationToken))
                {
                    var run = change.Run;
                    if (!shown.TryGetValue(run.Job, out var bar))
                    {
                        shown[run.Job] = bar = bars.AddTask(Markup.Escape(run.Job));
                    }

                    bar.Description = Markup.Escape(Line(run));
                    bar.MaxValue = Math.Max(1, run.Total);
                    bar.IsIndeterminate = run is { State: JobState.Running, Total: 0 };
                    bar.Value = run.State == JobState.Succeeded ? bar.MaxValue : run.Done;
                }
            });

    private static string Line(JobRun run)
    {
        var progress = run.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" {run.Done}/{run.Total}") : "";
        return $"{run.Job} on {run.Node}: {run.State.ToString().ToLowerInvariant()}{progress}{(run.Detail.Length > 0 ? $" ({run.Detail})" : "")}";
    }
}
