using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct CK_AES_CBC_ENCRYPT_DATA_PARAMS
{
    public fixed byte iv[16];
    public byte* pData;
    public CULong length;
}
