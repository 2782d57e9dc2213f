using System.Text;
using EContract.Hsm;

namespace EContract.TestKit;

/// <summary>
/// A SoftHSM token of its own: a temporary directory with softhsm2.conf, the token, its PIN file, and a copy of the
/// module. SoftHSM keeps one state per loaded library; the copy makes the loader load it again, so that what one test
/// does to its token (recycle it, take it away) is nothing to another test in the same process.
/// </summary>
public sealed class SoftHsmToken : IDisposable
{
    public const string UserPin = "12345678";
    private static readonly string[] ModuleCandidates =
    [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
    ];
    private readonly string _label;

    private SoftHsmToken(string directory, string label, bool copyModule)
    {
        _label = label;
        Directory = directory;
        TokenDirectory = Path.Combine(directory, "tokens");
        System.IO.Directory.CreateDirectory(TokenDirectory);
        ConfigurationFile = Path.Combine(directory, "softhsm2.conf");
        File.WriteAllText(ConfigurationFile, $"directories.tokendir = {TokenDirectory}\nobjectstore.backend = file\nlog.level = ERROR\n");
        PinFile = Path.Combine(directory, "pin");
        File.WriteAllText(PinFile, TestRunLog.Secret(UserPin) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        ModulePath = InstalledModule;
        if (copyModule)
        {
            ModulePath = Path.Combine(directory, "libsofthsm2.so");
            File.Copy(InstalledModule, ModulePath);
        }
    }

    public static string InstalledModule { get; } =
        ModuleCandidates.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("SoftHSM isn't installed (Debian package softhsm2)");

    public string Directory { get; }

    /// <summary>Where SoftHSM keeps its tokens; moving it away is taking the token out.</summary>
    public string TokenDirectory { get; }

    public string ConfigurationFile { get; }

    public string PinFile { get; }

    public string ModulePath { get; }

    /// <summary>Fresh options for the token; the caller may change them.</summary>
    public TokenOptions TokenOptions =>
        new()
        {
            ModulePath = ModulePath,
            TokenLabel = _label,
            PinFile = PinFile,
            ModuleEnvironment = new() { ["SOFTHSM2_CONF"] = ConfigurationFile },
        };

    public static SoftHsmToken Create(string label = "econtract-test")
    {
        var made = new SoftHsmToken(System.IO.Directory.CreateTempSubdirectory("softhsm-").FullName, label, copyModule: true);
        TokenInitializer
            .InitializeAsync(made.TokenOptions, Encoding.UTF8.GetBytes(TestRunLog.Secret("87654321")), CancellationToken.None)
            .GetAwaiter()
            .GetResult();
        return made;
    }

    /// <summary>Opens the token; disposing the result leaves the token for opening again.</summary>
    public Task<Token> OpenAsync(Action<TokenOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var options = TokenOptions;
        change?.Invoke(options);
        return Token.OpenAsync(options, TimeProvider.System, TestRunLog.Logger<Token>(), cancellationToken);
    }

    public void Dispose()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (IOException)
        {
            // a temporary directory; a token still open keeps its files
        }
    }
}
