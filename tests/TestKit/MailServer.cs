using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EContract.TestKit;

/// <summary>A mail server in a process of its own (Python's aiosmtpd) that shows what it was given.</summary>
public sealed class MailServer : IAsyncDisposable
{
    // Arguments: "plain", "starttls" or "tls"; certificate and key; user and password. Lines out: the port, then each mail in base64.
    private const string Program = """
        import asyncio, base64, logging, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        logging.disable()
        mode, certificate, key, user, password = sys.argv[1:6]
        class Box:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('nobody@'):
                    return '550 5.1.1 no such mailbox'
                envelope.rcpt_tos.append(address)
                return '251 2.1.5 forwarded' if address.startswith('moved@') else '250 2.1.5 ok'
            async def handle_DATA(self, server, session, envelope):
                head = '\n'.join([envelope.mail_from, ','.join(envelope.rcpt_tos), session.auth_data.login.decode() if session.authenticated else ''])
                print(base64.b64encode(head.encode() + b'\n' + envelope.content).decode(), flush=True)
                return '250 2.0.0 taken'
        def judge(server, session, envelope, mechanism, data):
            ok = mechanism == 'PLAIN' and data.login.decode() == user and data.password.decode() == password
            return AuthResult(success=ok, handled=ok, auth_data=data)
        context = None
        if mode != 'plain':
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
        def session():
            return SMTP(Box(), hostname='mail.test', tls_context=context if mode == 'starttls' else None, require_starttls=mode == 'starttls',
                authenticator=judge if user else None, auth_required=bool(user), auth_require_tls=mode == 'starttls')
        async def main():
            server = await asyncio.get_running_loop().create_server(session, '127.0.0.1', 0, ssl=context if mode == 'tls' else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private MailServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <param name="mode"><c>plain</c>, <c>starttls</c> (nothing but TLS is let through) or <c>tls</c> (from the first byte).</param>
    /// <param name="certificate">PEM file of the server's chain.</param>
    /// <param name="key">PEM file of its key.</param>
    /// <param name="user">Must log in; empty: nobody has to.</param>
    public static async Task<MailServer> StartAsync(
        string mode = "plain",
        string certificate = "",
        string key = "",
        string user = "",
        string password = ""
    )
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-W", "ignore", "-c", Program, mode, certificate, key, user, password])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        var port =
            await process.StandardOutput.ReadLineAsync(timeout.Token)
            ?? throw new InvalidOperationException("the mail server did not start (Debian package python3-aiosmtpd)");
        return new MailServer(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>The next mail: first line sender, second recipients, third who logged in, then the mail itself.</summary>
    public async Task<string> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var line =
            await _process.StandardOutput.ReadLineAsync(timeout.Token) ?? throw new InvalidOperationException("the mail server ended");
        return Encoding.UTF8.GetString(Convert.FromBase64String(line));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
