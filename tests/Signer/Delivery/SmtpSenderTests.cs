using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EContract.Signer.Delivery;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Delivery;

/// <summary>Against a mail server in a process of its own: Python's smtpd, and one that hangs up or lies.</summary>
public sealed class SmtpSenderTests
{
    private const string Server = """
        import asyncore, base64, email, email.policy, smtpd, sys
        class Box(smtpd.SMTPServer):
            def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
                m = email.message_from_bytes(data, policy=email.policy.default)
                line = '\t'.join([mailfrom, ','.join(rcpttos), m['subject'], m.get_content().strip().replace('\n', '|').replace('\r', '')])
                sys.stdout.write(base64.b64encode(line.encode()).decode() + '\n'); sys.stdout.flush()
        box = Box(('127.0.0.1', 0), None)
        print(box.socket.getsockname()[1], flush=True)
        asyncore.loop()
        """;

    [Fact]
    public async Task A_mail_arrives_at_a_real_server_as_it_was_written()
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-W");
        start.ArgumentList.Add("ignore");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Server);
        using var server = Process.Start(start)!;
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
            var sender = Sender(port);
            await sender.SendAsync(
                new OtpMessage("taro@example.jp", "【電子契約】電子署名", "コード: 01234567\n.\n..点\n"),
                CancellationToken.None
            );
            var line = Encoding.UTF8.GetString(Convert.FromBase64String((await server.StandardOutput.ReadLineAsync())!));
            Assert.Equal("no-reply@bank.example\ttaro@example.jp\t【電子契約】電子署名\tコード: 01234567|.|..点", line);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_server_that_does_not_listen_is_a_failed_delivery()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await Assert.ThrowsAsync<DeliveryException>(() => Sender(port).SendAsync(Message(), CancellationToken.None));
    }

    [Theory]
    [InlineData("554 go away\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("")]
    public async Task A_server_that_refuses_or_is_none_is_a_failed_delivery(string greeting)
    {
        var port = Answer(greeting);
        await Assert.ThrowsAsync<DeliveryException>(() => Sender(port).SendAsync(Message(), CancellationToken.None));
    }

    [Fact]
    public async Task Without_starttls_nothing_is_sent_when_it_is_asked_for()
    {
        var port = Answer("220 hello\r\n250-me\r\n250 SIZE\r\n");
        var sender = new SmtpSender(
            new SmtpOptions
            {
                Host = "127.0.0.1",
                Port = port,
                Security = SmtpSecurity.StartTls,
            },
            "no-reply@bank.example",
            TimeProvider.System
        );
        var said = await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(Message(), CancellationToken.None));
        Assert.Contains("STARTTLS", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pickup_directory_gets_whole_mails_only()
    {
        using var folder = new TemporaryFolder();
        var sender = new PickupDirectorySender(folder.Path, "no-reply@bank.example", TimeProvider.System);
        await sender.SendAsync(Message(), CancellationToken.None);
        var file = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.EndsWith(".eml", file, StringComparison.Ordinal);
        Assert.Contains("To: taro@example.jp", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private static OtpMessage Message() => new("taro@example.jp", "s", "t");

    private static SmtpSender Sender(int port) =>
        new(
            new SmtpOptions
            {
                Host = "127.0.0.1",
                Port = port,
                Security = SmtpSecurity.None,
            },
            "no-reply@bank.example",
            TimeProvider.System
        );

    /// <summary>Says all at once and hangs up after reading a little.</summary>
    private static int Answer(string says)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            listener.Stop();
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(says));
            await stream
                .ReadAsync(new byte[64])
                .AsTask()
                .WaitAsync(TimeSpan.FromMilliseconds(200))
                .ContinueWith(_ => { }, TaskScheduler.Default);
        });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
