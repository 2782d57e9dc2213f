using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using EContract.Cli.Connections;
using EContract.Client;
using EContract.Hosting.Errors;
using EContract.Hsm;
using Grpc.Core;

namespace EContract.Cli.Output;

/// <summary>Runs a command's action and turns what goes wrong into one line on standard error and an exit code.</summary>
internal static class CommandExtensions
{
    public static void SetHandler(this Command command, Func<ParseResult, CancellationToken, Task> action) =>
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                await action(parsed, cancellationToken);
                return ExitCodes.Done;
            }
        );

    /// <summary>For a command whose answer is its exit code.</summary>
    public static void SetHandler(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    return await action(parsed, cancellationToken);
                }
                catch (CommandException e)
                {
                    return await FailAsync(e.Message, ExitCodes.Refused);
                }
                catch (RefusedException e)
                {
                    return await FailAsync(parsed, e);
                }
                catch (RpcException e)
                {
                    return await FailAsync(parsed, RefusedException.From(e));
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return await FailAsync("interrupted", ExitCodes.Refused);
                }
                catch (ServiceException e)
                {
                    return await FailAsync($"{e.Fault.Reason()}: {e.Message}", ExitCodes.Refused);
                }
                catch (Exception e) when (e is HsmException or IOException or UnauthorizedAccessException or ValidationException)
                {
                    return await FailAsync(e.Message, ExitCodes.Refused);
                }
            }
        );

    private static Task<int> FailAsync(ParseResult parsed, RefusedException refusal) =>
        refusal.StatusCode == StatusCode.Unavailable && refusal.Reason.Length == 0
            ? FailAsync($"{parsed.GetValue(GlobalOptions.Server)} is not reachable: {refusal.Message}", ExitCodes.NotReachable)
            : FailAsync(
                $"{(refusal.Reason.Length > 0 ? refusal.Reason : refusal.StatusCode.ToString())}: {refusal.Message}",
                ExitCodes.Refused
            );

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
