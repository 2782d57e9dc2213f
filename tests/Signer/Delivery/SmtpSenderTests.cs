using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EContract.Signer.Delivery;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Delivery;

/// <summary>Against a mail server in a process of its own: Python's aiosmtpd, and one that hangs up or lies.</summary>
public sealed class SmtpSenderTests : IDisposable
{
    private const string User = "econtract";
    private const string Password = "correct horse";

    private readonly TemporaryFolder _folder = new();
    private readonly TestHierarchy _hierarchy = new();

    public void Dispose()
    {
        _hierarchy.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(SmtpSecurity.None, "")]
    [InlineData(SmtpSecurity.StartTls, "")]
    [InlineData(SmtpSecurity.StartTls, User)]
    [InlineData(SmtpSecurity.Tls, "")]
    [InlineData(SmtpSecurity.Tls, User)]
    public async Task A_mail_arrives_at_a_real_server_as_it_was_written(SmtpSecurity security, string user)
    {
        await using var server = await StartAsync(security, user);
        var message = new OtpMessage("taro@example.jp", "【電子契約】電子署名", "コード: 01234567\n.\n..点\n");
        await Sender(server.Port, security, user).SendAsync(message, CancellationToken.None);

        var lines = (await server.NextAsync()).Split('\n');
        Assert.Equal(["no-reply@bank.example", "taro@example.jp", user], lines[..3]);
        var mail = string.Join('\n', lines[3..]);
        Assert.Contains("Subject: =?utf-8?B?44CQ6Zu75a2Q5aWR57SE44CR6Zu75a2Q572y5ZCN?=", mail, StringComparison.Ordinal);
        var body = mail[mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
        Assert.Equal("コード: 01234567\r\n.\r\n..点\r\n", Encoding.UTF8.GetString(Convert.FromBase64String(body)));
    }

    [Fact]
    public async Task A_wrong_password_is_a_failed_delivery_that_does_not_tell_it()
    {
        await using var server = await StartAsync(SmtpSecurity.StartTls, User);
        var sender = Sender(server.Port, SmtpSecurity.StartTls, User, password: "wrong battery");
        var said = await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(Message(), CancellationToken.None));
        Assert.Contains("535", said.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong battery", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_a_login_gets_no_mail_without_one()
    {
        await using var server = await StartAsync(SmtpSecurity.Tls, User);
        await Assert.ThrowsAsync<DeliveryException>(() =>
            Sender(server.Port, SmtpSecurity.Tls).SendAsync(Message(), CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_a_failed_delivery_and_one_that_moved_is_not()
    {
        await using var server = await StartAsync(SmtpSecurity.Tls);
        var sender = Sender(server.Port, SmtpSecurity.Tls);
        var nobody = new OtpMessage("nobody@example.jp", "s", "t");
        var said = await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(nobody, CancellationToken.None));
        Assert.Contains("550", said.Message, StringComparison.Ordinal);
        await sender.SendAsync(new OtpMessage("moved@example.jp", "s", "t"), CancellationToken.None);
        Assert.Contains("moved@example.jp", await server.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_server_of_somebody_else_gets_nothing(SmtpSecurity security)
    {
        // Its certificate is for another name.
        await using (var other = await StartAsync(security, forServer: false))
        {
            await RefusedAsync(Sender(other.Port, security));
        }

        // It comes from an authority that is not ours: the system's do not know it.
        await using var untrusted = await StartAsync(security);
        await RefusedAsync(Sender(untrusted.Port, security, trusted: false));

        static async Task RefusedAsync(SmtpSender sender)
        {
            var said = await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(Message(), CancellationToken.None));
            Assert.Contains("certificate", said.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_died_is_a_failed_delivery_and_the_next_one_takes_the_mail()
    {
        var dead = await StartAsync(SmtpSecurity.StartTls);
        var sender = Sender(dead.Port, SmtpSecurity.StartTls);
        await sender.SendAsync(Message(), CancellationToken.None);
        await dead.DisposeAsync();
        await Assert.ThrowsAsync<DeliveryException>(() => sender.SendAsync(Message(), CancellationToken.None));
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

    private async Task<MailServer> StartAsync(SmtpSecurity security, string user = "", bool forServer = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = _hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), "mail", forServer);
        var certificates = PemEncoding.WriteString("CERTIFICATE", leaf) + "\n" + _hierarchy.Issuing.ExportCertificatePem();
        return await MailServer.StartAsync(
            security switch
            {
                SmtpSecurity.StartTls => "starttls",
                SmtpSecurity.Tls => "tls",
                _ => "plain",
            },
            _folder.Write("mail.crt", certificates),
            _folder.Write("mail.key", key.ExportPkcs8PrivateKeyPem()),
            user,
            Password
        );
    }

    private SmtpSender Sender(
        int port,
        SmtpSecurity security = SmtpSecurity.None,
        string user = "",
        string password = Password,
        bool trusted = true
    ) =>
        new(
            new SmtpOptions
            {
                Host = "127.0.0.1",
                Port = port,
                Security = security,
                User = user.Length == 0 ? null : user,
                PasswordFile = _folder.Write("password", $"{password}\n"),
                TrustedCertificates = trusted ? _folder.Write("root.pem", _hierarchy.RootPem) : null,
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
