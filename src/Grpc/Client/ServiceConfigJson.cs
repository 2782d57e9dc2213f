using System.Globalization;
using System.Text.Json;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The JSON form of a service config (grpc.service_config.ServiceConfig in proto3 JSON), as far as we act on it.</summary>
internal static class ServiceConfigJson
{
    private const decimal MaxSeconds = 315_576_000_000m; // of google.protobuf.Duration

    public static ServiceConfig Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var config = new ServiceConfig
            {
                RetryThrottling = root.TryGetProperty("retryThrottling", out var throttling) ? ParseThrottling(throttling) : null,
            };
            if (root.TryGetProperty("methodConfig", out var methods))
            {
                foreach (var method in methods.EnumerateArray())
                {
                    config.MethodConfigs.Add(ParseMethod(method));
                }
            }

            return config;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or KeyNotFoundException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new FormatException("Not a gRPC service config: " + e.Message, e);
        }
    }

    private static RetryThrottlingPolicy ParseThrottling(JsonElement json) =>
        new() { MaxTokens = json.GetProperty("maxTokens").GetInt32(), TokenRatio = json.GetProperty("tokenRatio").GetDouble() };

    private static MethodConfig ParseMethod(JsonElement json)
    {
        var config = new MethodConfig { RetryPolicy = json.TryGetProperty("retryPolicy", out var retry) ? ParseRetry(retry) : null };
        foreach (var name in json.GetProperty("name").EnumerateArray())
        {
            config.Names.Add(new MethodName(Text(name, "service"), Text(name, "method")));
        }

        return config;
    }

    private static RetryPolicy ParseRetry(JsonElement json)
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = json.GetProperty("maxAttempts").GetInt32(),
            InitialBackoff = ParseDuration(json.GetProperty("initialBackoff").GetString()),
            MaxBackoff = ParseDuration(json.GetProperty("maxBackoff").GetString()),
            BackoffMultiplier = json.GetProperty("backoffMultiplier").GetDouble(),
        };
        foreach (var code in json.GetProperty("retryableStatusCodes").EnumerateArray())
        {
            policy.RetryableStatusCodes.Add(ParseCode(code));
        }

        policy.Validate();
        return policy;
    }

    /// <summary>google.protobuf.Duration in JSON: decimal seconds and <c>s</c>.</summary>
    private static TimeSpan ParseDuration(string? value) =>
        value is [.. var digits, 's']
        && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= MaxSeconds
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException($"\"{value}\" is not a duration");

    private static StatusCode ParseCode(JsonElement code) =>
        code.ValueKind == JsonValueKind.Number
            ? (StatusCode)code.GetInt32()
            : Enum.Parse<StatusCode>(
                (code.GetString() ?? throw new FormatException("null is not a status code")).Replace("_", "", StringComparison.Ordinal),
                ignoreCase: true
            );

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.GetString() is { Length: > 0 } text ? text : null;
}
