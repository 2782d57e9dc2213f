using System.Net;
using System.Security.Cryptography;
using System.Text;
using EContract.Signer.Delivery;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Delivery;

public sealed class WebhookSenderTests
{
    [Fact]
    public async Task The_gateway_gets_number_and_text_with_a_signature_over_the_body()
    {
        using var folder = new TemporaryFolder();
        var keyFile = Path.Combine(folder.Path, "key");
        await File.WriteAllTextAsync(keyFile, "secret\n");
        using var gateway = new Gateway(HttpStatusCode.Accepted);
        using var http = new HttpClient(gateway);
        var sender = new WebhookSender(new WebhookOptions { Url = new Uri("https://sms.example/send"), KeyFile = keyFile }, http);
        await sender.SendAsync(new OtpMessage("+819012345678", "", "コード: 01234567"), CancellationToken.None);

        var sent = System.Text.Json.JsonDocument.Parse(gateway.Body).RootElement;
        Assert.Equal("+819012345678", sent.GetProperty("to").GetString());
        Assert.Equal("コード: 01234567", sent.GetProperty("text").GetString());
        Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("secret"u8, gateway.Body))}", gateway.Signature);
    }

    [Fact]
    public async Task A_gateway_that_refuses_is_a_failed_delivery()
    {
        using var gateway = new Gateway(HttpStatusCode.BadGateway);
        using var http = new HttpClient(gateway);
        var sender = new WebhookSender(new WebhookOptions { Url = new Uri("https://sms.example/send") }, http);
        await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(new OtpMessage("+81", "", "t"), CancellationToken.None));
    }

    private sealed class Gateway(HttpStatusCode answer) : HttpMessageHandler
    {
        public byte[] Body { get; private set; } = [];

        public string? Signature { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Signature = request.Headers.TryGetValues("X-EContract-Signature", out var values) ? values.Single() : null;
            return new HttpResponseMessage(answer);
        }
    }
}
