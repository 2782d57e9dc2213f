using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CK_RSA_PKCS_PSS_PARAMS
{
    public CULong hashAlg;
    public CULong mgf;
    public CULong sLen;
}
