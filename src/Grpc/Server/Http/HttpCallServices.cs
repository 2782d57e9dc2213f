using Microsoft.Extensions.Logging;

namespace EContract.Grpc.Server.Http;

/// <summary>What every HTTP call needs of the process.</summary>
internal sealed record HttpCallServices(TimeProvider Time, ExceptionTranslator Translator, ILogger<HttpCallServices> Logger);
