using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>Takes call credentials apart into what adds metadata.</summary>
internal sealed class CallCredentialsCollector : CallCredentialsConfiguratorBase
{
    public List<AsyncAuthInterceptor> Interceptors { get; } = [];

    public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials)
    {
        foreach (var part in credentials)
        {
            part.InternalPopulateConfiguration(this, state);
        }
    }

    public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
        Interceptors.Add(interceptor);
}
