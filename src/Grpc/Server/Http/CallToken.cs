namespace EContract.Grpc.Server.Http;

/// <summary>The token of a call together with one that the handler gives; allocates only if there really are two.</summary>
internal readonly struct CallToken : IDisposable
{
    private readonly CancellationTokenSource? _linked;

    public CallToken(CancellationToken call, CancellationToken given)
    {
        if (call.CanBeCanceled && given.CanBeCanceled && call != given)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(call, given);
            Token = _linked.Token;
        }
        else
        {
            Token = call.CanBeCanceled ? call : given;
        }
    }

    public CancellationToken Token { get; }

    public void Dispose() => _linked?.Dispose();
}
