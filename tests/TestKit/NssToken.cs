using EContract.Hsm;

namespace EContract.TestKit;

/// <summary>
/// A token of NSS softokn, the second vendor (Debian packages libnss3, libnss3-tools). The module is copied for the same
/// reason as SoftHSM's, see <see cref="SoftHsmToken"/>.
/// </summary>
public sealed class NssToken : IDisposable
{
    private const string Password = "Pass-word1";
    private const string Installed = "/usr/lib/x86_64-linux-gnu";
    private readonly string _directory;

    private NssToken(string directory) => _directory = directory;

    public TokenOptions TokenOptions =>
        new()
        {
            ModulePath = Path.Combine(_directory, "libsoftokn3.so"),
            TokenLabel = "NSS Certificate DB",
            PinFile = Path.Combine(_directory, "pin"),
            InitializeArguments = $"configdir='sql:{_directory}/db' certPrefix='' keyPrefix='' secmod='secmod.db' flags=",
        };

    public static NssToken Create()
    {
        var directory = Directory.CreateTempSubdirectory("nss-").FullName;
        Directory.CreateDirectory(Path.Combine(directory, "db"));
        File.WriteAllText(Path.Combine(directory, "pin"), TestRunLog.Secret(Password) + "\n");
        Subprocess.Run("certutil", "-N", "-d", $"sql:{directory}/db", "-f", Path.Combine(directory, "pin"));
        // softokn looks for its crypto library beside itself.
        foreach (var file in Directory.EnumerateFiles(Installed, "libsoftokn3.*").Concat(Directory.EnumerateFiles(Installed, "libfreebl*")))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }

        return new NssToken(directory);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (IOException)
        {
            // a temporary directory; a token still open keeps its files
        }
    }
}
