using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CK_SESSION_INFO
{
    public CULong slotID;
    public CULong state;
    public CULong flags;
    public CULong ulDeviceError;
}
