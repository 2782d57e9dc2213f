using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EContract.Signer.Activation;

namespace EContract.Signer.Delivery;

/// <summary>Hands short messages to the bank's gateway over HTTPS.</summary>
public sealed class WebhookSender(WebhookOptions options, HttpClient http) : IOtpSender
{
    public OtpMethod Method => OtpMethod.Sms;

    public async Task SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["to"] = message.Destination, ["text"] = message.Text }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        try
        {
            if (options.KeyFile is { } keyFile)
            {
                var key = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(keyFile, cancellationToken)).TrimEnd());
                request.Headers.Add("X-EContract-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(key, body))}");
            }

            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new DeliveryException($"The gateway for short messages answered {(int)response.StatusCode}.");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new DeliveryException("The gateway for short messages can't be reached.", e);
        }
    }
}
