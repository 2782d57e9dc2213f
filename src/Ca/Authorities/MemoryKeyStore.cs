using System.Collections.Concurrent;
using EContract.Hsm.Keys;

namespace EContract.Ca.Authorities;

/// <summary>Keys in memory, for rehearsing a ceremony and for tests. They are gone with the process.</summary>
public sealed class MemoryKeyStore : IKeyStore, IDisposable
{
    private readonly ConcurrentDictionary<string, SoftwareSigningKey> _keys = new(StringComparer.Ordinal);

    public Task<ISigningKey?> FindAsync(string label, CancellationToken cancellationToken) =>
        Task.FromResult<ISigningKey?>(_keys.GetValueOrDefault(label));

    public Task<ISigningKey> GenerateAsync(string label, KeyAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var key = SoftwareSigningKey.Generate(algorithm, label);
        if (_keys.TryAdd(label, key))
        {
            return Task.FromResult<ISigningKey>(key);
        }

        key.Dispose();
        throw new InvalidOperationException($"a key with the label {label} exists");
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
