using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct CK_INTERFACE
{
    public byte* pInterfaceName;
    public byte* pFunctionList;
    public CULong flags;
}
