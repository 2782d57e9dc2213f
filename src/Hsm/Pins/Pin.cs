using System.Security.Cryptography;

namespace EContract.Hsm.Pins;

/// <summary>PIN bytes in pinned memory, zeroed when disposed.</summary>
internal sealed class Pin : IDisposable
{
    private readonly byte[] _memory;
    private readonly int _length;

    public Pin(ReadOnlySpan<byte> pin)
    {
        _memory = GC.AllocateUninitializedArray<byte>(pin.Length, pinned: true);
        _length = pin.Length;
        pin.CopyTo(_memory);
    }

    public ReadOnlySpan<byte> Bytes => _memory.AsSpan(0, _length);

    public void Dispose() => CryptographicOperations.ZeroMemory(_memory);
}
