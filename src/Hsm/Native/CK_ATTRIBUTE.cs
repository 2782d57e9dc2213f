using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

// Pack 1 is what PKCS#11 asks for on Windows; elsewhere all fields are one machine word, so it changes nothing.
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct CK_ATTRIBUTE
{
    public CULong type;
    public void* pValue;
    public CULong ulValueLen;
}
