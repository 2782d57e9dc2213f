using System.Collections.Concurrent;
using EContract.Pki.Ocsp;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Ocsp;

/// <summary>
/// Signed answers for single certificates, ready to be given again. An entry holds while its lifetime lasts, the feed is being
/// followed, and the feed told nothing new of its certificate.
/// </summary>
public sealed class OcspCache(RevocationFollower follower, TimeProvider time, IOptions<OcspOptions> options)
{
    private readonly ConcurrentDictionary<(string Authority, CertId Id), Entry> _entries = new();

    /// <param name="responder">Answers of a former responder, whose certificate may end, are not given again.</param>
    public OcspAnswer? Find(ResponderIdentity responder, CertId id) =>
        _entries.TryGetValue((responder.Authority.Id, id), out var entry)
        && ReferenceEquals(entry.Responder, responder)
        && Holds(responder.Authority.Id, id, entry)
            ? entry.Answer
            : null;

    /// <param name="position">The follower's position before the status was read.</param>
    public void Add(ResponderIdentity responder, CertId id, OcspAnswer answer, long position)
    {
        if (_entries.Count >= options.Value.CacheEntries)
        {
            Evict();
        }

        _entries[(responder.Authority.Id, id)] = new(answer, responder, position, time.GetTimestamp());
    }

    private bool Holds(string authority, CertId id, Entry entry) =>
        time.GetElapsedTime(entry.Added) < options.Value.CacheLifetime
        && follower.IsCurrent
        && !follower.ChangedSince(authority, id.SerialNumber, entry.Position);

    private void Evict()
    {
        // A tenth at random (dictionary order): cheap, and no attacker can aim it.
        foreach (var key in _entries.Keys.Take(Math.Max(1, options.Value.CacheEntries / 10)))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private sealed record Entry(OcspAnswer Answer, ResponderIdentity Responder, long Position, long Added);
}
