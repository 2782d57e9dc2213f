using System.Collections.Frozen;

namespace EContract.Hosting.Callers;

/// <summary>
/// Which roles each method admits. A role of the service builds one in one place; what is not named is denied to everyone.
/// </summary>
public sealed class RpcPolicy
{
    private readonly Dictionary<string, FrozenSet<Role>> _admitted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _longLived = new(StringComparer.Ordinal);

    /// <summary>Health and reflection: open to every authenticated caller.</summary>
    public static RpcPolicy Infrastructure() =>
        new RpcPolicy()
            .AdmitEveryCaller("/grpc.health.v1.Health/Check")
            .AdmitEveryCaller("/grpc.health.v1.Health/Watch")
            .LongLived("/grpc.health.v1.Health/Watch")
            .AdmitEveryCaller("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
            .LongLived("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
            .AdmitEveryCaller("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            .LongLived("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");

    /// <summary>Every method that the policy names.</summary>
    public IEnumerable<string> Methods => _admitted.Keys.Concat(_open);

    /// <param name="method">Full name as on the wire, for example <c>/econtract.tsa.v1.TimestampService/Timestamp</c>.</param>
    /// <param name="roles">The roles that are admitted; at least one.</param>
    public RpcPolicy Admit(string method, params ReadOnlySpan<Role> roles)
    {
        ArgumentOutOfRangeException.ThrowIfZero(roles.Length);
        RequireNew(method);
        _admitted.Add(method, roles.ToArray().ToFrozenSet());
        return this;
    }

    /// <summary>Admits every authenticated caller, whatever its roles (health, reflection).</summary>
    public RpcPolicy AdmitEveryCaller(string method)
    {
        RequireNew(method);
        _open.Add(method);
        return this;
    }

    /// <summary>Marks a named method as a stream that waits for news most of its time: it holds no place among the calls in progress.</summary>
    public RpcPolicy LongLived(string method)
    {
        _longLived.Add(method);
        return this;
    }

    public bool IsLongLived(string method) => _longLived.Contains(method);

    /// <summary>Takes over all rules of another policy. A method that both name is an error.</summary>
    public RpcPolicy Include(RpcPolicy other)
    {
        foreach (var (method, roles) in other._admitted)
        {
            RequireNew(method);
            _admitted.Add(method, roles);
        }

        foreach (var method in other._open)
        {
            AdmitEveryCaller(method);
        }

        _longLived.UnionWith(other._longLived);
        return this;
    }

    /// <summary>The roles that a method admits; empty if it is open to every caller or not named at all.</summary>
    public IReadOnlySet<Role> RolesOf(string method) => _admitted.GetValueOrDefault(method, FrozenSet<Role>.Empty);

    public bool Admits(CallerIdentity caller, string method) =>
        _open.Contains(method) || (_admitted.TryGetValue(method, out var roles) && roles.Overlaps(caller.Roles));

    private void RequireNew(string method)
    {
        if (!method.StartsWith('/') || method.IndexOf('/', 1) < 2)
        {
            throw new ArgumentException($"'{method}' is not a method's full name (/package.Service/Method).", nameof(method));
        }

        if (_admitted.ContainsKey(method) || _open.Contains(method))
        {
            throw new ArgumentException($"{method} has a rule already.", nameof(method));
        }
    }
}
