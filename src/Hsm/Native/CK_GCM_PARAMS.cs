using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct CK_GCM_PARAMS
{
    public byte* pIv;
    public CULong ulIvLen;
    public CULong ulIvBits;
    public byte* pAAD;
    public CULong ulAADLen;
    public CULong ulTagBits;
}
