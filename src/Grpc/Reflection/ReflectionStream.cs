using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Request = Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace EContract.Grpc.Reflection;

/// <summary>The conversation of one reflection stream. Each descriptor file is sent once per stream, with those it imports.</summary>
internal sealed class ReflectionStream(IReadOnlyList<ServiceDescriptor> services)
{
    private readonly DescriptorIndex _index = new(services);
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);

    public ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Request.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.AddRange(
                    services
                        .Select(service => service.FullName)
                        .Order(StringComparer.Ordinal)
                        .Select(name => new ServiceResponse { Name = name })
                );
                break;
            case Request.FileByFilename:
                AnswerFile(response, _index.FindFile(request.FileByFilename), $"File not found: {request.FileByFilename}");
                break;
            case Request.FileContainingSymbol:
                AnswerFile(response, _index.FindSymbol(request.FileContainingSymbol), $"Symbol not found: {request.FileContainingSymbol}");
                break;
            case Request.FileContainingExtension:
                var extension = request.FileContainingExtension;
                AnswerFile(
                    response,
                    _index.FindExtension(extension.ContainingType, extension.ExtensionNumber),
                    $"Extension not found: {extension.ContainingType} {extension.ExtensionNumber}"
                );
                break;
            case Request.AllExtensionNumbersOfType:
                AnswerExtensionNumbers(response, request.AllExtensionNumbersOfType);
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks for nothing we know");
                break;
        }

        return response;
    }

    private void AnswerExtensionNumbers(ServerReflectionResponse response, string type)
    {
        if (_index.FindExtensionNumbers(type) is not { } numbers)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"Type not found: {type}");
            return;
        }

        response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type };
        response.AllExtensionNumbersResponse.ExtensionNumber.AddRange(numbers);
    }

    private void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string otherwise)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, otherwise);
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        // What was asked for comes always and first.
        _sent.Remove(file.Name);
        Append(response.FileDescriptorResponse, file);
    }

    private void Append(FileDescriptorResponse response, FileDescriptor file)
    {
        if (!_sent.Add(file.Name))
        {
            return;
        }

        response.FileDescriptorProto.Add(file.SerializedData);
        foreach (var dependency in file.Dependencies)
        {
            Append(response, dependency);
        }
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
