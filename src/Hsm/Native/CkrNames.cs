namespace EContract.Hsm.Native;

public static class CkrNames
{
    /// <summary>The constant's name with its number, or the number alone if the standard has no name for it.</summary>
    public static string Name(this Ckr ckr) => Enum.IsDefined(ckr) ? $"{ckr} (0x{(uint)ckr:X})" : $"CK_RV 0x{(uint)ckr:X}";
}
