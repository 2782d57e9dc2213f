using System.Runtime.CompilerServices;
using EContract.Hosting.Errors;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>Calls to other roles: a deadline, and their refusals as ours.</summary>
internal static class Remote
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <param name="unavailable">What it means to us when there is no answer.</param>
    public static async Task<T> CallAsync<T>(
        Fault unavailable,
        Func<CallOptions, AsyncUnaryCall<T>> call,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var running = call(
                new CallOptions(deadline: time.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancellationToken)
            );
            return await running;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Translate(unavailable, e);
        }
    }

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Fault unavailable,
        IAsyncStreamReader<T> stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                if (!await stream.MoveNext(cancellationToken))
                {
                    yield break;
                }
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Translate(unavailable, e);
            }

            yield return stream.Current;
        }
    }

    /// <summary>A refusal for a reason is passed on with it; anything else means that the role is not there for us.</summary>
    private static ServiceException Translate(Fault unavailable, RpcException e) =>
        RemoteFault.Find(e) is { } fault
        && fault.Status()
            is not (StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Internal or StatusCode.Unavailable)
            ? new ServiceException(fault, e.Status.Detail, cause: e)
            : new ServiceException(unavailable, $"{e.StatusCode}: {e.Status.Detail}", cause: e) { RetryAfter = TimeSpan.FromSeconds(2) };
}
