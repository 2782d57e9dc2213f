using Microsoft.Extensions.Options;

namespace EContract.Validation.Grpc;

/// <summary>Bounds how many documents are validated at a time: each may cost seconds of work and a file on disk.</summary>
internal sealed class DocumentGate(IOptions<ValidationOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, options.Value.MaxConcurrentDocuments));

    public async Task<T> EnterAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
