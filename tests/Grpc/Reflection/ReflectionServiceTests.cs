using EContract.Grpc.Server;
using EContract.Grpc.Tests.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Grpc.Tests.Reflection;

public sealed class ReflectionServiceTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task Services_are_listed(string version)
    {
        var answer = Assert.Single(await AskAsync(version, new ServerReflectionRequest { Host = "here", ListServices = "*" }));
        Assert.Equal(
            [
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
                "grpc.testing.TestService",
            ],
            answer.ListServicesResponse.Service.Select(service => service.Name)
        );
        Assert.Equal("here", answer.ValidHost);
        Assert.Equal("*", answer.OriginalRequest.ListServices);
    }

    [Theory]
    [InlineData("grpc.testing.TestService")]
    [InlineData("grpc.testing.TestService.UnaryCall")]
    public async Task A_symbol_gives_its_file_with_all_that_it_imports(string symbol)
    {
        var answer = Assert.Single(await AskAsync("v1", new ServerReflectionRequest { FileContainingSymbol = symbol }));
        var files = FileDescriptor.BuildFromByteStrings(answer.FileDescriptorResponse.FileDescriptorProto.Reverse());
        Assert.Equal("grpc/testing/test.proto", files[^1].Name);
        Assert.Contains(files[^1].Services, service => service.FullName == "grpc.testing.TestService");
        Assert.Equal(3, files.Count);
    }

    [Theory]
    [InlineData("grpc.testing.Payload", "grpc/testing/messages.proto")]
    [InlineData("grpc.testing.Payload.body", "grpc/testing/messages.proto")]
    [InlineData("grpc.testing.PayloadType", "grpc/testing/messages.proto")]
    [InlineData("grpc.testing.COMPRESSABLE", "grpc/testing/messages.proto")]
    [InlineData("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto")]
    [InlineData("grpc.reflection.v1.ServerReflectionRequest.message_request", "grpc/reflection/v1/reflection.proto")]
    public async Task Every_kind_of_symbol_is_found(string symbol, string file)
    {
        var answer = Assert.Single(await AskAsync("v1", new ServerReflectionRequest { FileContainingSymbol = symbol }));
        Assert.Equal(file, FileDescriptorProto.Parser.ParseFrom(answer.FileDescriptorResponse.FileDescriptorProto[0]).Name);
    }

    [Fact]
    public async Task A_file_that_was_sent_on_the_stream_is_not_sent_along_again()
    {
        var answers = await AskAsync(
            "v1",
            new ServerReflectionRequest { FileByFilename = "grpc/testing/messages.proto" },
            new ServerReflectionRequest { FileByFilename = "grpc/testing/test.proto" },
            new ServerReflectionRequest { FileByFilename = "grpc/testing/test.proto" }
        );
        Assert.Equal(
            ["grpc/testing/messages.proto", "grpc/testing/test.proto,grpc/testing/empty.proto", "grpc/testing/test.proto"],
            answers.Select(answer =>
                string.Join(
                    ",",
                    answer.FileDescriptorResponse.FileDescriptorProto.Select(file => FileDescriptorProto.Parser.ParseFrom(file).Name)
                )
            )
        );
    }

    [Fact]
    public async Task What_is_not_there_is_an_error_response_and_the_stream_goes_on()
    {
        var answers = await AskAsync(
            "v1",
            new ServerReflectionRequest { FileByFilename = "no.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "no.Symbol" },
            new ServerReflectionRequest
            {
                FileContainingExtension = new ExtensionRequest { ContainingType = "grpc.testing.Payload", ExtensionNumber = 100 },
            },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "no.Type" },
            new ServerReflectionRequest(),
            new ServerReflectionRequest { AllExtensionNumbersOfType = "grpc.testing.Payload" }
        );
        Assert.Equal(
            [StatusCode.NotFound, StatusCode.NotFound, StatusCode.NotFound, StatusCode.NotFound, StatusCode.InvalidArgument],
            answers.Take(5).Select(answer => (StatusCode)answer.ErrorResponse.ErrorCode)
        );
        Assert.Equal("grpc.testing.Payload", answers[5].AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(answers[5].AllExtensionNumbersResponse.ExtensionNumber);
    }

    private static async Task<List<ServerReflectionResponse>> AskAsync(string version, params ServerReflectionRequest[] requests)
    {
        await using var host = await GrpcHost.StartAsync(
            services => services.AddSingleton<ProbeService>().AddGrpcRuntime(),
            app =>
            {
                app.MapGrpcService<ProbeService>();
                app.MapGrpcHealthService();
                app.MapGrpcReflectionService();
            }
        );
        using var client = host.CreateClient();
        byte[] body = [.. requests.SelectMany(request => WireClient.Frame(request))];
        var answer = await client.CallAsync($"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", body);
        Assert.Equal(StatusCode.OK, answer.Status);
        return [.. answer.Messages.Select(message => ServerReflectionResponse.Parser.ParseFrom(message.Payload))];
    }
}
