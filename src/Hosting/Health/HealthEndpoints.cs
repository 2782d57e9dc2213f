using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Hosting.Health;

/// <summary><c>GET /healthz</c>: the process lives. <c>GET /readyz</c>: it takes work, or why not, part by part.</summary>
internal static class HealthEndpoints
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Text("alive\n"));
        endpoints.MapGet(
            "/readyz",
            async (HttpContext http) =>
            {
                var report = await http.RequestServices.GetRequiredService<HealthMonitor>().CheckAsync(http.RequestAborted);
                http.Response.Headers.CacheControl = "no-store";
                return Results.Text(
                    Describe(report).ToJsonString(Indented) + "\n",
                    "application/json",
                    statusCode: report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable
                );
            }
        );
    }

    private static JsonObject Describe(HealthReport report)
    {
        var parts = new JsonObject();
        foreach (var (name, finding) in report.Findings.OrderBy(finding => finding.Key, StringComparer.Ordinal))
        {
            parts[name] = new JsonObject { ["state"] = finding.State.ToString().ToLowerInvariant(), ["reason"] = finding.Reason };
        }

        return new JsonObject
        {
            ["ready"] = report.IsReady,
            ["reason"] = report.Reason,
            ["parts"] = parts,
        };
    }
}
