using System.Globalization;
using System.Net;
using EContract.Grpc.Server;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.Bench.Grpc;

/// <summary>The two servers that are compared: our runtime, and a bare Kestrel handler that answers the same bytes.</summary>
internal static class EchoHost
{
    public static Task<WebApplication> StartOursAsync() =>
        StartAsync(services => services.AddSingleton<EchoService>().AddGrpcRuntime(), app => app.MapGrpcService<EchoService>());

    public static Task<WebApplication> StartBareAsync()
    {
        byte[] answer = [0, 0, 0, 0, 32, .. EchoService.Message.ToByteArray()];
        return StartAsync(_ => { }, app => app.Run(http => AnswerAsync(http, answer)));
    }

    public static int PortOf(WebApplication app) => new Uri(app.Urls.First()).Port;

    private static async Task AnswerAsync(HttpContext http, byte[] answer)
    {
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync();
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        http.Response.ContentType = "application/grpc";
        await http.Response.BodyWriter.WriteAsync(answer);
        http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
    }

    private static async Task<WebApplication> StartAsync(Action<IServiceCollection> configure, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseGrpcLimits();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        configure(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }
}
