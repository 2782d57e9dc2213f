using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct CK_MECHANISM
{
    public CULong mechanism;
    public void* pParameter;
    public CULong ulParameterLen;

    public CK_MECHANISM(uint type, void* parameter = null, int length = 0)
    {
        mechanism = new CULong(type);
        pParameter = parameter;
        ulParameterLen = new CULong((uint)length);
    }
}
