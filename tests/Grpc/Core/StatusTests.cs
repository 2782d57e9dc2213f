using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Core;

public sealed class StatusTests
{
    [Fact]
    public void A_status_is_its_code_and_its_detail()
    {
        var status = new Status(StatusCode.NotFound, "gone", new InvalidOperationException("local"));
        Assert.Equal(new Status(StatusCode.NotFound, "gone"), status);
        Assert.NotEqual(new Status(StatusCode.NotFound, "other"), status);
        Assert.Equal(default, Status.DefaultSuccess);
        Assert.Equal("", default(Status).Detail);
    }

    [Fact]
    public void An_exception_tells_its_status_and_keeps_the_local_cause()
    {
        var cause = new InvalidOperationException("local");
        var exception = new RpcException(new Status(StatusCode.NotFound, "gone", cause), new Metadata { { "a", "1" } });
        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
        Assert.Equal("1", exception.Trailers.GetValue("a"));
        Assert.Same(cause, exception.InnerException);
        Assert.StartsWith("Status(StatusCode=\"NotFound\", Detail=\"gone\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_definition_takes_each_method_once()
    {
        var method = new Method<string, string>(MethodType.Unary, "p.S", "M", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        UnaryServerMethod<string, string> handler = (request, _) => Task.FromResult(request);
        var builder = ServerServiceDefinition.CreateBuilder().AddMethod(method, handler);
        Assert.Equal("/p.S/M", method.FullName);
        Assert.Throws<ArgumentException>(() => builder.AddMethod(method, handler));
    }
}
