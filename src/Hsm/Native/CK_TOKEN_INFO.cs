using System.Runtime.InteropServices;
using System.Text;

namespace EContract.Hsm.Native;

/// <summary>The head of CK_TOKEN_INFO, padded so that the module has room for the rest.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = 256)]
internal unsafe struct CK_TOKEN_INFO
{
    public fixed byte label[32];
    public fixed byte manufacturerID[32];
    public fixed byte model[16];
    public fixed byte serialNumber[16];
    public CULong flags;

    public string Label
    {
        get
        {
            fixed (byte* text = label)
            {
                return Text(text, 32);
            }
        }
    }

    public string Manufacturer
    {
        get
        {
            fixed (byte* text = manufacturerID)
            {
                return Text(text, 32);
            }
        }
    }

    public string Serial
    {
        get
        {
            fixed (byte* text = serialNumber)
            {
                return Text(text, 16);
            }
        }
    }

    // PKCS#11 §3.1: blank padded UTF-8; some modules end it with a zero byte all the same.
    private static string Text(byte* text, int length) => Encoding.UTF8.GetString(text, length).TrimEnd('\0', ' ');
}
