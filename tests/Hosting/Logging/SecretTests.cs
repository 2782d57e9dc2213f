using System.Globalization;
using System.Text;
using System.Text.Json;
using EContract.Hosting.Logging;
using EContract.Proto.Signer.V1;
using Serilog;
using Serilog.Formatting.Json;
using Xunit;

namespace EContract.Hosting.Tests.Logging;

public sealed class SecretTests
{
    private const string Pin = "482913";

    [Fact]
    public void A_secret_has_no_text()
    {
        using var secret = Secret.FromText(Pin);
        Assert.Equal("(secret)", secret.ToString());
        Assert.Equal("pin (secret)", $"pin {secret}");
        Assert.Equal("pin (secret)", string.Format(CultureInfo.InvariantCulture, "pin {0:x}", secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new { Pin = secret }));
        Assert.Throws<NotSupportedException>(() => secret.Equals(secret));
    }

    [Fact]
    public void A_disposed_secret_is_zeroed()
    {
        var bytes = Encoding.UTF8.GetBytes(Pin);
        Secret.TakeOver(bytes).Dispose();
        Assert.All(bytes, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_log_line_takes_neither_secrets_nor_messages_nor_bytes_apart()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var secret = Secret.FromText(Pin);
        using (var logger = new LoggerConfiguration().Destructure.With<RefusedForLogs>().WriteTo.Sink(new TextSink(text)).CreateLogger())
        {
            logger.Information(
                "{@Secret} {Secret} {@Request} {@Bytes}",
                secret,
                secret,
                new CompleteSigningRequest { Pin = Pin },
                Encoding.UTF8.GetBytes(Pin)
            );
        }

        Assert.DoesNotContain(Pin, text.ToString(), StringComparison.Ordinal);
        Assert.Contains("(econtract.signer.v1.CompleteSigningRequest)", text.ToString(), StringComparison.Ordinal);
    }

    private sealed class TextSink(TextWriter to) : Serilog.Core.ILogEventSink
    {
        private readonly JsonFormatter _formatter = new(renderMessage: true);

        public void Emit(Serilog.Events.LogEvent logEvent) => _formatter.Format(logEvent, to);
    }
}
