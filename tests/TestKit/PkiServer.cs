using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EContract.TestKit;

/// <summary>
/// OCSP, CRLs and CA certificates of <see cref="TestHierarchy"/>s over loopback HTTP, signed anew for each question. Any of them can be
/// switched off, and certificates revoked.
/// </summary>
public sealed class PkiServer : IAsyncDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Authority> _authorities = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SerialNumber, (DateTimeOffset At, CrlReason Reason)> _revoked = new();

    private PkiServer(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    /// <summary>Every request as <c>GET /name/issuing.crl</c>, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Whether responders answer; off: 503.</summary>
    public bool OcspUp { get; set; } = true;

    /// <summary>Whether CRLs are given; off: 503.</summary>
    public bool CrlUp { get; set; } = true;

    /// <summary>How much older than now thisUpdate is.</summary>
    public TimeSpan Age { get; set; }

    /// <summary>Leaves nonces out of the answers.</summary>
    public bool IgnoreNonce { get; set; }

    public string Address => _app.Urls.First();

    public static async Task<PkiServer> StartAsync(TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new PkiServer(builder.Build(), time ?? TimeProvider.System);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Where a hierarchy of this name will answer.</summary>
    public string EndpointOf(string name) => $"{Address}/{name}";

    public void Serve(string name, TestHierarchy hierarchy) => _authorities[name] = new Authority(hierarchy);

    /// <summary>The authority is gone for good.</summary>
    public void Close(string name)
    {
        if (_authorities.TryRemove(name, out Authority? gone))
        {
            gone.Dispose();
        }
    }

    public void Revoke(SerialNumber serial, DateTimeOffset at, CrlReason reason = CrlReason.KeyCompromise) =>
        _revoked[serial] = (at, reason);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (Authority authority in _authorities.Values)
        {
            authority.Dispose();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        Requests.Enqueue($"{context.Request.Method} {path}");
        string[] parts = path.Split('/', 4, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !_authorities.TryGetValue(parts[0], out Authority? authority))
        {
            context.Response.StatusCode = 404;
            return;
        }

        byte[]? answer = parts[1] switch
        {
            "ocsp" when OcspUp => await OcspAsync(authority, context.Request, parts.Length > 2 ? string.Join('/', parts[2..]) : null),
            "issuing.crl" when CrlUp => Crl(authority.Issuing, authority.Hierarchy.IssuingKey),
            "root.crl" when CrlUp => Crl(authority.Root, authority.Hierarchy.RootKey),
            "issuing.cer" => authority.Hierarchy.Issuing.RawData,
            "root.cer" => authority.Hierarchy.Root.RawData,
            _ => null,
        };
        if (answer is null)
        {
            context.Response.StatusCode = 503;
            return;
        }

        await context.Response.Body.WriteAsync(answer);
    }

    private async Task<byte[]> OcspAsync(Authority authority, HttpRequest request, string? get)
    {
        using var body = new MemoryStream();
        if (get is not null)
        {
            body.Write(Convert.FromBase64String(Uri.UnescapeDataString(get)));
        }
        else
        {
            await request.Body.CopyToAsync(body);
        }

        var asked = OcspRequest.Decode(body.ToArray());
        DateTimeOffset now = CertificateTime.Truncate(_time.GetUtcNow() - Age);
        SingleResponse[] singles =
        [
            .. asked.RequestList.Select(id => new SingleResponse(id, StatusOf(id.SerialNumber), now, now + Age + Validity, [])),
        ];
        Extension? nonce = IgnoreNonce ? null : asked.RequestExtensions.FirstOrDefault(e => e.Oid == Oids.OcspNonce);
        var data = new ResponseData(
            ResponderId.ByKey(authority.Responder.Tbs.SubjectPublicKeyInfo),
            now,
            singles,
            nonce is null ? [] : [nonce]
        );
        var algorithm = SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256);
        PreparedOcspResponse prepared = data.Prepare(algorithm.Identifier, authority.Responder);
        return prepared.Complete(authority.ResponderKey.SignDigest(SHA256.HashData(prepared.ToBeSigned.Span), algorithm));
    }

    private CertStatus StatusOf(SerialNumber serial) =>
        _revoked.TryGetValue(serial, out var revoked) ? CertStatus.Revoked(revoked.At, revoked.Reason) : CertStatus.Good;

    private byte[] Crl(Certificate issuer, ECDsa key)
    {
        DateTimeOffset now = CertificateTime.Truncate(_time.GetUtcNow() - Age);
        var builder = new CertificateRevocationListBuilder();
        foreach ((SerialNumber serial, (DateTimeOffset at, CrlReason _)) in _revoked)
        {
            builder.AddEntry(serial.Content.Span, at);
        }

        using var certificate = issuer.ToX509Certificate2();
        return builder.Build(
            certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            now.ToUnixTimeSeconds(),
            now + Age + Validity,
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single()
            ),
            now
        );
    }

    /// <summary>A hierarchy with its responder.</summary>
    private sealed class Authority : IDisposable
    {
        public Authority(TestHierarchy hierarchy)
        {
            Hierarchy = hierarchy;
            Issuing = Certificate.Decode(hierarchy.Issuing.RawData);
            Root = Certificate.Decode(hierarchy.Root.RawData);
            Responder = Certificate.Decode(hierarchy.IssueOcsp(ResponderKey.SubjectPublicKeyInfo, validity: TimeSpan.FromDays(3650)));
        }

        public TestHierarchy Hierarchy { get; }

        public Certificate Issuing { get; }

        public Certificate Root { get; }

        public TestKey ResponderKey { get; } = TestKey.P256();

        public Certificate Responder { get; }

        public void Dispose() => ResponderKey.Dispose();
    }
}
