using System.Text;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>
/// Who calls through an in-process channel. The server's <see cref="ServerCallContext.AuthContext"/> names it as the authenticated
/// peer (property <see cref="PropertyName"/>), so that a role calling another in one process is as well known as over mutual TLS.
/// </summary>
/// <param name="name">Name of the caller: <c>signer</c>.</param>
public sealed class InProcessCaller(string name)
{
    /// <summary>The property of the <see cref="global::Grpc.Core.AuthContext"/> that holds the caller's name.</summary>
    public const string PropertyName = "in_process_caller";

    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>Put into <see cref="ServerCallContext.UserState"/> of each call, for identities richer than a name.</summary>
    public IReadOnlyDictionary<object, object> UserState { get; init; } = new Dictionary<object, object>();

    internal AuthContext AuthContext { get; } =
        new(
            PropertyName,
            new Dictionary<string, List<AuthProperty>>
            {
                [PropertyName] = [AuthProperty.Create(PropertyName, Encoding.UTF8.GetBytes(name))],
            }
        );

    internal string Peer { get; } = "inprocess:" + name;
}
