using System.Globalization;
using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Ca.Revocation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace EContract.Ca.Repository;

/// <summary>The public repository (R15): CA certificates, CRLs and the practice statement, with the content types of RFC 2585.</summary>
internal static class RepositoryEndpoints
{
    private const string CrlSuffix = ".crl";
    private const string DeltaSuffix = ".delta.crl";

    // RFC 9110 §9.1: who serves GET serves HEAD; caches and monitoring ask with it.
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/crl/{file}", Reading, (HttpContext http, string file, CrlShelf shelf) => GetCrlAsync(http, file, null, shelf));
        app.MapMethods(
            "/crl/{ca}/{file}",
            Reading,
            (HttpContext http, string ca, string file, CrlShelf shelf) => GetCrlAsync(http, file, ca, shelf)
        );
        app.MapMethods("/ca/{file}", Reading, GetCertificate);
        app.MapMethods("/cps", Reading, GetPracticeStatement);
        app.MapPost("/ocsp/{ca}", OcspEndpoint.PostAsync);
        app.MapGet("/ocsp/{ca}/{**request}", OcspEndpoint.GetAsync);
    }

    private static async Task<IResult> GetCrlAsync(HttpContext http, string file, string? ca, CrlShelf shelf)
    {
        var delta = file.EndsWith(DeltaSuffix, StringComparison.Ordinal);
        var suffix = delta ? DeltaSuffix : CrlSuffix;
        if (!file.EndsWith(suffix, StringComparison.Ordinal))
        {
            return Results.NotFound();
        }

        var name = file[..^suffix.Length];
        int? shard = null;
        if (ca is not null)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return Results.NotFound();
            }

            shard = number;
        }

        var crl = await shelf.FindAsync(new(ca ?? name, shard, delta), http.RequestAborted);
        if (crl is null)
        {
            return Results.NotFound();
        }

        // Fresh for a minute, so that an urgent CRL is not hidden by caches for hours.
        http.Response.Headers.CacheControl = "max-age=60, public, no-transform";
        return Results.Bytes(
            crl.Content,
            "application/pkix-crl", // RFC 2585 §4.2
            lastModified: crl.ThisUpdate,
            entityTag: EntityTagHeaderValue.Parse(crl.Etag),
            enableRangeProcessing: true
        );
    }

    private static IResult GetCertificate(HttpContext http, string file, AuthorityRegistry authorities)
    {
        const string suffix = ".cer";
        if (!file.EndsWith(suffix, StringComparison.Ordinal) || authorities.Find(file[..^suffix.Length]) is not { } authority)
        {
            return Results.NotFound();
        }

        var encoded = authority.Certificate.Encoded;
        http.Response.Headers.CacheControl = "max-age=86400, public, no-transform";
        return Results.Bytes(
            encoded,
            "application/pkix-cert", // RFC 2585 §4.1
            lastModified: authority.Certificate.Tbs.NotBefore,
            entityTag: EntityTagHeaderValue.Parse($"\"{Convert.ToHexStringLower(SHA256.HashData(encoded.Span))}\"")
        );
    }

    private static IResult GetPracticeStatement(HttpContext http, PracticeStatement statement)
    {
        http.Response.Headers.CacheControl = "max-age=3600, public";
        return Results.Bytes(statement.Content, statement.ContentType, entityTag: EntityTagHeaderValue.Parse(statement.Etag));
    }
}
