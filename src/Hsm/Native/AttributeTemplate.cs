using System.Runtime.InteropServices;
using System.Text;

namespace EContract.Hsm.Native;

/// <summary>A CK_ATTRIBUTE array with its values in one native block, cleared when freed.</summary>
internal sealed unsafe class AttributeTemplate : IDisposable
{
    private const int MaxAttributes = 24;
    private const int MaxValueBytes = 1024; // values are 8-aligned, so a multiple of 8
    private byte* _block = (byte*)NativeMemory.AllocZeroed((nuint)(MaxAttributes * sizeof(CK_ATTRIBUTE) + MaxValueBytes));
    private int _used;

    public CK_ATTRIBUTE* Pointer => (CK_ATTRIBUTE*)_block;

    public CULong Count { get; private set; }

    public AttributeTemplate Add(uint type, bool value) => Add(type, [value ? (byte)1 : (byte)0]);

    public AttributeTemplate Add(uint type, string text) => Add(type, Encoding.UTF8.GetBytes(text));

    public AttributeTemplate Add(uint type, uint value)
    {
        var wide = new CULong(value);
        return Add(type, new ReadOnlySpan<byte>(&wide, sizeof(CULong)));
    }

    public AttributeTemplate Add(uint type, ReadOnlySpan<byte> value)
    {
        var index = (int)Count.Value;
        if (index == MaxAttributes || _used + value.Length > MaxValueBytes)
        {
            throw new ArgumentException("the attribute template is too long", nameof(value));
        }

        var at = _block + MaxAttributes * sizeof(CK_ATTRIBUTE) + _used;
        value.CopyTo(new Span<byte>(at, value.Length));
        _used += (value.Length + 7) & ~7;
        Pointer[index] = new CK_ATTRIBUTE
        {
            type = new CULong(type),
            pValue = at,
            ulValueLen = new CULong((uint)value.Length),
        };
        Count = new CULong((uint)index + 1);
        return this;
    }

    public void Dispose()
    {
        if (_block is not null)
        {
            NativeMemory.Clear(_block, (nuint)(MaxAttributes * sizeof(CK_ATTRIBUTE) + MaxValueBytes));
            NativeMemory.Free(_block);
            _block = null;
        }
    }
}
