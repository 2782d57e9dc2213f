using System.Collections.Concurrent;

namespace EContract.Validation.Online;

/// <summary>What was fetched, until it runs out; and what could not be fetched, for a little while. Bounded by size. Thread-safe.</summary>
internal sealed class FetchCache(long maxSize, TimeProvider time)
{
    // An entry costs something beside its bytes.
    private const int Overhead = 512;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _size; // by Interlocked

    /// <summary>Null when there is nothing.</summary>
    /// <exception cref="FetchException">It failed a moment ago.</exception>
    public T? Find<T>(string key)
        where T : class
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            return null;
        }

        if (entry.Until <= time.GetUtcNow())
        {
            Remove(key, entry);
            return null;
        }

        return entry.Value is FetchException failure ? throw new FetchException(failure.Message, failure) : entry.Value as T;
    }

    public void Add(string key, object value, int size, DateTimeOffset until)
    {
        if (until <= time.GetUtcNow() || size > maxSize / 4)
        {
            return;
        }

        var entry = new Entry(value, size + Overhead, until);
        if (_entries.TryGetValue(key, out var before))
        {
            Remove(key, before);
        }

        if (_entries.TryAdd(key, entry) && Interlocked.Add(ref _size, entry.Size) > maxSize)
        {
            Evict();
        }
    }

    public void AddFailure(string key, FetchException failure, DateTimeOffset until) => Add(key, failure, 0, until);

    private void Evict()
    {
        foreach (var (key, entry) in _entries.OrderBy(e => e.Value.Until))
        {
            if (Interlocked.Read(ref _size) <= maxSize * 3 / 4)
            {
                return;
            }

            Remove(key, entry);
        }
    }

    private void Remove(string key, Entry entry)
    {
        if (_entries.TryRemove(new KeyValuePair<string, Entry>(key, entry)))
        {
            Interlocked.Add(ref _size, -entry.Size);
        }
    }

    private sealed record Entry(object Value, int Size, DateTimeOffset Until);
}
