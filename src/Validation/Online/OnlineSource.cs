using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Sources;

namespace EContract.Validation.Online;

/// <summary>
/// Asks where the certificates say: OCSP responders and CA certificates (authorityInfoAccess), CRLs (cRLDistributionPoints). One per
/// document or signature: it counts the fetches and keeps what failed.
/// </summary>
public sealed class OnlineSource(Fetcher fetcher) : IValidationSource
{
    private const int NonceLength = 32; // RFC 9654 §2.1: 32 is what every responder must take

    private readonly List<FetchFailure> _failures = [];
    private int _fetches;

    /// <summary>
    /// Since when an OCSP answer for a certificate must be made, where an older one that is kept and still valid won't do: the status of
    /// a signer is wanted from after his signature.
    /// </summary>
    public Func<Certificate, DateTimeOffset?> FreshSince { get; init; } = _ => null;

    /// <summary>What was wanted and not fetched, in order.</summary>
    public IReadOnlyList<FetchFailure> Failures => _failures;

    public async ValueTask<IReadOnlyList<Certificate>> FindIssuersAsync(Certificate certificate, CancellationToken cancellationToken)
    {
        var found = new List<Certificate>();
        foreach (var location in LocationsOf(certificate, Oids.AccessMethodCaIssuers))
        {
            var issuers = await TryAsync(
                "the issuer's certificate of",
                certificate,
                location,
                location,
                null,
                fetcher.Options.MaxResponseSize,
                _ => true,
                bytes => (CertificateFile.Read(bytes), fetcher.Time.GetUtcNow() + fetcher.Options.CacheLifetime),
                cancellationToken
            );
            found.AddRange(issuers ?? []);
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<CertificateRevocationList>> FindCrlsAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    )
    {
        var found = new List<CertificateRevocationList>();
        foreach (var location in CrlLocationsOf(certificate))
        {
            var crl = await TryAsync(
                "the CRL for",
                certificate,
                location,
                location,
                null,
                fetcher.Options.MaxCrlSize,
                _ => true,
                bytes =>
                {
                    var list = CertificateRevocationList.Decode(bytes);
                    return (list, list.NextUpdate ?? fetcher.Time.GetUtcNow() + fetcher.Options.CacheLifetime);
                },
                cancellationToken
            );
            if (crl is not null)
            {
                found.Add(crl);
            }
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<OcspAnswer>> FindOcspResponsesAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    )
    {
        var found = new List<OcspAnswer>();
        // thisUpdate has whole seconds.
        var since = FreshSince(certificate) is { } time ? CertificateTime.Truncate(time) : (DateTimeOffset?)null;
        foreach (var location in LocationsOf(certificate, Oids.AccessMethodOcsp))
        {
            var nonce = fetcher.Options.Nonce == NoncePolicy.Never ? null : RandomNumberGenerator.GetBytes(NonceLength);
            var id = CertId.For(issuer, certificate.Tbs.SerialNumber, HashAlgorithmName.SHA1);
            var request = new OcspRequest([id], nonce is null ? [] : [OcspNonce.ToExtension(nonce)]).Encode();
            var answer = await TryAsync(
                "OCSP for",
                certificate,
                location,
                $"{location} {Convert.ToHexString(Der.Encode(id.Encode))}",
                new FetchRequest(request, Cacheable: nonce is null),
                fetcher.Options.MaxResponseSize,
                kept => !(SingleOf(kept, id)?.ThisUpdate < since),
                bytes => Read(bytes, id, nonce),
                cancellationToken
            );
            if (answer is not null)
            {
                found.Add(answer);
            }
        }

        return found;
    }

    private (OcspAnswer Answer, DateTimeOffset Until) Read(ReadOnlyMemory<byte> bytes, CertId id, byte[]? nonce)
    {
        var response = OcspResponse.Decode(bytes);
        if (response.Basic is not { } basic)
        {
            throw new FetchException($"the responder refused: {response.ResponseStatus}");
        }

        if (nonce is not null)
        {
            RequireNonce(basic, nonce);
        }

        var answer = new OcspAnswer(bytes, basic);
        var single = SingleOf(answer, id) ?? throw new FetchException("the answer speaks of another certificate");
        // RFC 6960 §2.4: without nextUpdate newer information is always available.
        return (answer, single.NextUpdate ?? fetcher.Time.GetUtcNow());
    }

    private void RequireNonce(BasicOcspResponse response, byte[] nonce)
    {
        if (response.Data.ResponseExtensions.Find(Oids.OcspNonce) is { } echoed)
        {
            if (!OcspNonce.Decode(echoed.Value).Span.SequenceEqual(nonce))
            {
                throw new FetchException("the answer carries another nonce: it is for another request");
            }
        }
        else if (fetcher.Options.Nonce == NoncePolicy.Require)
        {
            throw new FetchException("the answer carries no nonce, and the configuration requires one");
        }
    }

    private static SingleResponse? SingleOf(OcspAnswer answer, CertId id) =>
        answer.Response.Data.Responses.FirstOrDefault(r => r.CertId.SerialNumber.Equals(id.SerialNumber));

    private async Task<T?> TryAsync<T>(
        string what,
        Certificate certificate,
        string location,
        string key,
        FetchRequest? request,
        int maxSize,
        Func<T, bool> accept,
        Func<ReadOnlyMemory<byte>, (T Value, DateTimeOffset Until)> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            return ++_fetches <= fetcher.Options.MaxFetches
                ? await fetcher.FetchAsync(location, key, request, maxSize, accept, Reading(read), cancellationToken)
                : throw new FetchException($"{fetcher.Options.MaxFetches} fetches were made already");
        }
        catch (FetchException e)
        {
            _failures.Add(new FetchFailure($"{what} {certificate.Tbs.Subject}", location, e.Message));
            return null;
        }
    }

    private static Func<ReadOnlyMemory<byte>, (T Value, DateTimeOffset Until)> Reading<T>(
        Func<ReadOnlyMemory<byte>, (T Value, DateTimeOffset Until)> read
    ) =>
        bytes =>
        {
            try
            {
                return read(bytes);
            }
            catch (Exception e) when (e is MalformedException or FormatException)
            {
                throw new FetchException($"the answer can't be read: {e.Message}", e);
            }
        };

    private static IEnumerable<string> LocationsOf(Certificate certificate, string method)
    {
        if (certificate.Tbs.Extensions.Find(Oids.AuthorityInfoAccess) is not { } extension)
        {
            return [];
        }

        return Readable(() =>
            AuthorityInfoAccess.Decode(extension.Value).Descriptions.Where(d => d.Method == method).Select(d => d.Location)
        );
    }

    private static IEnumerable<string> CrlLocationsOf(Certificate certificate)
    {
        if (certificate.Tbs.Extensions.Find(Oids.CrlDistributionPoints) is not { } extension)
        {
            return [];
        }

        return Readable(() => CrlDistributionPoints.Decode(extension.Value).Points.SelectMany(point => point.FullName ?? []));
    }

    /// <summary>The http addresses among the names, each once; none where the extension can't be read.</summary>
    private static IEnumerable<string> Readable(Func<IEnumerable<GeneralName>> names)
    {
        try
        {
            return
            [
                .. names()
                    .Where(name => name.Form == GeneralNameForm.Uri)
                    .Select(name => name.Text!)
                    .Where(uri => uri.StartsWith("http", StringComparison.OrdinalIgnoreCase))
                    .Distinct(StringComparer.Ordinal),
            ];
        }
        catch (MalformedException)
        {
            return [];
        }
    }
}
