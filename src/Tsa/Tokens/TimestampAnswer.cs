using System.Buffers;
using EContract.Tsa.Requests;

namespace EContract.Tsa.Tokens;

/// <summary>A TimeStampResp in a pooled buffer. Dispose exactly once, after the last use of <see cref="Encoded"/>.</summary>
public readonly struct TimestampAnswer : IDisposable
{
    private readonly byte[]? _pooled;

    internal TimestampAnswer(byte[] pooled, int offset, int length)
    {
        _pooled = pooled;
        Encoded = pooled.AsMemory(offset, length);
    }

    internal TimestampAnswer(Refusal refusal)
    {
        Refusal = refusal;
        Encoded = refusal.Encoded;
    }

    /// <summary>The TimeStampResp.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>null: granted.</summary>
    public Refusal? Refusal { get; }

    public void Dispose()
    {
        if (_pooled is not null)
        {
            ArrayPool<byte>.Shared.Return(_pooled);
        }
    }
}
