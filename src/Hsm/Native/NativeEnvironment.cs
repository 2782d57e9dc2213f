using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

/// <summary>The C environment, which the modules read and <see cref="Environment"/> only copied at process start.</summary>
internal static partial class NativeEnvironment
{
    public static void Set(string name, string value)
    {
        var failed = OperatingSystem.IsWindows() ? WindowsSet(name, value) != 0 : UnixSet(name, value, 1) != 0;
        if (failed)
        {
            throw new ArgumentException($"the environment variable '{name}' can't be set", nameof(name));
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnixSet(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int WindowsSet(string name, string value);
}
