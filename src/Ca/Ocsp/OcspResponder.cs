using System.Collections.Concurrent;
using System.Security.Cryptography;
using EContract.Ca.Authorities;
using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EContract.Ca.Ocsp;

/// <summary>
/// RFC 6960, with the lightweight profile of RFC 5019 and nonces of RFC 9654. Every outcome is an OCSPResponse; "good" is said only
/// of certificates that were issued.
/// </summary>
public sealed class OcspResponder(
    AuthorityRegistry authorities,
    StatusReader statuses,
    OcspCache cache,
    RevocationFollower follower,
    TimeProvider time,
    IOptions<OcspOptions> options,
    ILogger<OcspResponder> logger
)
{
    private static readonly OcspAnswer Malformed = new(OcspResponse.Refuse(OcspResponseStatus.MalformedRequest));
    private static readonly OcspAnswer Unauthorized = new(OcspResponse.Refuse(OcspResponseStatus.Unauthorized));
    private static readonly OcspAnswer TryLater = new(OcspResponse.Refuse(OcspResponseStatus.TryLater));
    private static readonly OcspAnswer InternalError = new(OcspResponse.Refuse(OcspResponseStatus.InternalError));

    private readonly ConcurrentDictionary<string, ResponderIdentity> _identities = new(StringComparer.Ordinal);

    // Answers being signed for the cache: who asks the same meanwhile waits for the same signature.
    private readonly ConcurrentDictionary<(string Authority, CertId Id), Lazy<Task<OcspAnswer>>> _signing = new();

    private int _onOwnThread; // answers that sign on the thread they run on; by Interlocked

    public async Task<OcspAnswer> RespondAsync(string authorityId, ReadOnlyMemory<byte> encodedRequest, CancellationToken cancellationToken)
    {
        // RFC 6960 §2.3: unauthorized also means "not capable of responding authoritatively".
        if (authorities.Find(authorityId) is not { OcspCertificate: not null } authority)
        {
            return Unauthorized;
        }

        OcspRequest request;
        ReadOnlyMemory<byte>? nonce;
        try
        {
            request = OcspRequest.Decode(encodedRequest);
            nonce = request.ReadNonce();
        }
        catch (MalformedException)
        {
            return Malformed;
        }

        if (request.RequestList.Count > options.Value.MaxCertificates || request.HasUnknownCriticalExtension)
        {
            return Malformed;
        }

        var identity = IdentityOf(authority);
        if (time.GetUtcNow() > identity.Certificate.Tbs.NotAfter)
        {
            // Nobody could believe the answer; one by a renewed responder may come.
            return TryLater;
        }

        if (!request.RequestList.All(identity.Hashes.Match))
        {
            return Unauthorized;
        }

        try
        {
            return nonce is null && request.RequestList.Count == 1
                ? await RespondCachedAsync(identity, request.RequestList[0], cancellationToken)
                : (await SignAsync(identity, request.RequestList, nonce, cancellationToken)).Answer;
        }
        catch (Exception e) when (e is NpgsqlException or ServiceException { Fault: Fault.Overloaded } or HsmException or TimeoutException)
        {
            logger.LogWarning("OCSP for {Authority} must wait: {Message}", authorityId, e.Message);
            return TryLater;
        }
        catch (ServiceException e)
        {
            logger.LogError(e, "OCSP for {Authority} failed", authorityId);
            return InternalError;
        }
    }

    private async Task<OcspAnswer> RespondCachedAsync(ResponderIdentity identity, CertId id, CancellationToken cancellationToken)
    {
        var authority = identity.Authority.Id;
        if (cache.Find(identity, id) is { } cached)
        {
            return cached;
        }

        var signing = _signing.GetOrAdd((authority, id), key => new(() => SignForCacheAsync(identity, key.Id)));
        return await signing.Value.WaitAsync(cancellationToken);
    }

    private async Task<OcspAnswer> SignForCacheAsync(ResponderIdentity identity, CertId id)
    {
        var key = (identity.Authority.Id, id);
        try
        {
            // Before the read: an event after this position makes the answer stale, even one that comes while we sign.
            var position = follower.Position;
            // Not the caller's token: others may be waiting for the same answer.
            var (answer, known) = await SignAsync(identity, [id], null, CancellationToken.None);
            if (known && position >= 0)
            {
                cache.Add(identity, id, answer, position);
            }

            return answer;
        }
        finally
        {
            _signing.TryRemove(key, out _);
        }
    }

    private async Task<(OcspAnswer Answer, bool Known)> SignAsync(
        ResponderIdentity identity,
        IReadOnlyList<CertId> ids,
        ReadOnlyMemory<byte>? nonce,
        CancellationToken cancellationToken
    )
    {
        var now = CertificateTime.Truncate(time.GetUtcNow());
        // RFC 6960 §4.2.2.2: the answer must not be believed longer than its signer.
        var next = Earlier(now + options.Value.Validity, identity.Certificate.Tbs.NotAfter);
        var (found, known) = await ReadStatusesAsync(identity.Authority.Id, ids, cancellationToken);
        var prepared = identity.Template.Prepare(ids, found, now, next, nonce);
        var key = await authorities.GetKeyAsync(identity.KeyLabel, identity.Certificate, cancellationToken);
        var signature = await SignAsync(key, identity.Signature, prepared.ToBeSigned, cancellationToken);

        var response = prepared.Complete(signature);
        var etag = nonce is null ? Convert.ToHexStringLower(SHA256.HashData(signature)[..16]) : null;
        return (new(response, now, next, etag), known);
    }

    /// <returns>The status of each, and whether all were issued.</returns>
    private async Task<(CertStatus[] Statuses, bool Known)> ReadStatusesAsync(
        string authority,
        IReadOnlyList<CertId> ids,
        CancellationToken cancellationToken
    )
    {
        // All at once: they share one round trip.
        var standings = await Task.WhenAll(ids.Select(id => statuses.ReadAsync(authority, id.SerialNumber, cancellationToken)));
        return (
            Array.ConvertAll(standings, standing => standing?.ToCertStatus() ?? CertStatus.Unknown),
            Array.TrueForAll(standings, standing => standing is not null)
        );
    }

    /// <summary>
    /// On this thread while few do so, which spares two hand-offs between threads; the others through the token's own threads, with a
    /// deadline. A token that hangs takes no more threads of the pool than there are processors.
    /// </summary>
    private async ValueTask<byte[]> SignAsync(
        ISigningKey key,
        SignatureAlgorithm algorithm,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken
    )
    {
        if (Interlocked.Increment(ref _onOwnThread) > Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref _onOwnThread);
            return await key.SignDataAsync(algorithm, data, cancellationToken);
        }

        try
        {
            return key.SignData(algorithm, data.Span, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _onOwnThread);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private ResponderIdentity IdentityOf(Authority authority) =>
        _identities.TryGetValue(authority.Id, out var identity) && ReferenceEquals(identity.Authority, authority)
            ? identity
            : _identities[authority.Id] = new ResponderIdentity(authority);
}
