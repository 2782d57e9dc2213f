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
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    await action(parsed, cancellationToken);
                    return ExitCodes.Done;
                }
                catch (CommandException e)
                {
                    return await FailAsync(e.Message, ExitCodes.Refused);
                }
                catch (RefusedException e)
                {
                    return await FailAsync(e.Reason, e.Message, e.StatusCode);
                }
                catch (RpcException e)
                {
                    return await FailAsync(ReasonOf(e), e.Status.Detail, e.StatusCode);
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

    /// <summary>The stable reason code of a refusal that came as a bare gRPC error.</summary>
    public static string ReasonOf(RpcException error)
    {
        try
        {
            var bytes = error.Trailers.FirstOrDefault(entry => entry.Key == "grpc-status-details-bin")?.ValueBytes;
            var details = bytes is null ? [] : Google.Rpc.Status.Parser.ParseFrom(bytes).Details;
            return details.FirstOrDefault(d => d.Is(Google.Rpc.ErrorInfo.Descriptor))?.Unpack<Google.Rpc.ErrorInfo>().Reason ?? "";
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return "";
        }
    }

    private static Task<int> FailAsync(string reason, string detail, StatusCode status) =>
        FailAsync(
            reason.Length > 0 ? $"{reason}: {detail}" : $"{status}: {detail}",
            status == StatusCode.Unavailable && reason.Length == 0 ? ExitCodes.NotReachable : ExitCodes.Refused
        );

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
