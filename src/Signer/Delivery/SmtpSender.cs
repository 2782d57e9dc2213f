using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EContract.Signer.Activation;

namespace EContract.Signer.Delivery;

/// <summary>Hands mails to a mail server (RFC 5321), one connection per mail.</summary>
public sealed class SmtpSender(SmtpOptions options, string from, TimeProvider time) : IOtpSender
{
    public OtpMethod Method => OtpMethod.Email;

    public async Task SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        var domain = from[(from.LastIndexOf('@') + 1)..];
        var mail = MailMessage.Compose(from, message, time.GetUtcNow(), $"{Guid.NewGuid():N}@{domain}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(options.Host, options.Port, cancellationToken);
            Stream stream = client.GetStream();
            if (options.Security == SmtpSecurity.Tls)
            {
                stream = await SecureAsync(stream, cancellationToken);
            }

            var session = new SmtpSession(stream);
            await session.ExpectAsync(220, cancellationToken);
            var features = await session.CommandAsync($"EHLO {domain}", 250, cancellationToken);
            if (options.Security == SmtpSecurity.StartTls)
            {
                // A stripped STARTTLS is an attack, or a server that may not have our codes.
                if (!Offers(features, "STARTTLS"))
                {
                    throw new DeliveryException("The mail server does not offer STARTTLS.");
                }

                await session.CommandAsync("STARTTLS", 220, cancellationToken);
                // RFC 3207 §4.2: what was said in clear is forgotten
                stream = await SecureAsync(stream, cancellationToken);
                session = new SmtpSession(stream);
                features = await session.CommandAsync($"EHLO {domain}", 250, cancellationToken);
            }

            if (options.User is { } user)
            {
                await AuthenticateAsync(session, features, user, cancellationToken);
            }

            await session.CommandAsync($"MAIL FROM:<{from}>", 250, cancellationToken);
            // RFC 5321 §4.2.3: 251, the server forwards it
            await session.CommandAsync($"RCPT TO:<{message.Destination}>", 250, cancellationToken, alternative: 251);
            await session.CommandAsync("DATA", 354, cancellationToken);
            await session.SendMailAsync(mail, cancellationToken);
            await session.QuitAsync(cancellationToken);
            await stream.DisposeAsync();
        }
        catch (AuthenticationException e)
        {
            throw new DeliveryException("The mail server can't prove with its certificate that it is the one that was meant.", e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new DeliveryException("The mail server can't be reached or broke off.", e);
        }
    }

    private static bool Offers(IReadOnlyList<string> features, string keyword) =>
        features.Any(line => line.Split(' ')[0].Equals(keyword, StringComparison.OrdinalIgnoreCase));

    private async Task AuthenticateAsync(
        SmtpSession session,
        IReadOnlyList<string> features,
        string user,
        CancellationToken cancellationToken
    )
    {
        if (!Offers(features, "AUTH"))
        {
            throw new DeliveryException("The mail server does not offer authentication.");
        }

        var password = options.PasswordFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n') : "";
        // RFC 4616: PLAIN, the one mechanism that every submission server has; TLS protects it
        var response = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));
        await session.CommandAsync($"AUTH PLAIN {response}", 235, cancellationToken);
    }

    private async Task<Stream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream);
        var client = new SslClientAuthenticationOptions
        {
            TargetHost = options.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (options.TrustedCertificates is { } file)
        {
            client.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            client.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }

        await secured.AuthenticateAsClientAsync(client, cancellationToken);
        return secured;
    }
}
