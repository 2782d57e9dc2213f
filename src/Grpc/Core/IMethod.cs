namespace Grpc.Core;

/// <summary>What of a method does not depend on its message types.</summary>
public interface IMethod
{
    MethodType Type { get; }

    /// <summary>Full name of the service: <c>package.Service</c>.</summary>
    string ServiceName { get; }

    string Name { get; }

    /// <summary><c>/package.Service/Method</c>, the HTTP path.</summary>
    string FullName { get; }
}
