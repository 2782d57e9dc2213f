using System.Runtime.InteropServices;
using EContract.Hsm;

namespace EContract.TestKit;

/// <summary>A SoftHSM token behind the fault shim of tests/Pkcs11Fault, compiled once per process with the system's C compiler.</summary>
public sealed class FaultShimToken : IDisposable
{
    private static readonly Lazy<string> Built = new(() => Build(""));
    private static readonly Lazy<string> BuiltAsVersion3 = new(() => Build("-DPKCS11_FAULT_VERSION_3"));
    private readonly SoftHsmToken _soft;
    private readonly string _shim;
    private readonly string _control;

    private FaultShimToken(SoftHsmToken soft, string built)
    {
        _soft = soft;
        _shim = Path.Combine(soft.Directory, "libpkcs11_fault.so");
        _control = Path.Combine(soft.Directory, "faults");
        File.Copy(built, _shim);
    }

    /// <summary>Options for the token as seen through the shim.</summary>
    public TokenOptions TokenOptions
    {
        get
        {
            var options = _soft.TokenOptions;
            options.ModulePath = _shim;
            options.ModuleEnvironment["PKCS11_FAULT_MODULE"] = _soft.ModulePath;
            options.ModuleEnvironment["PKCS11_FAULT_CONTROL"] = _control;
            return options;
        }
    }

    /// <summary>Where SoftHSM behind the shim keeps its tokens.</summary>
    public string TokenDirectory => _soft.TokenDirectory;

    /// <summary>Sessions that were opened through the shim and not closed.</summary>
    public long OpenSessions => Export<OpenSessionsFunction>("Pkcs11Fault_OpenSessions")();

    /// <summary>Whom C_LoginUser named last.</summary>
    public string? LastUserName => Marshal.PtrToStringUTF8(Export<UserNameFunction>("Pkcs11Fault_UserName")());

    public static FaultShimToken Create() => new(SoftHsmToken.Create(), Built.Value);

    /// <summary>One whose module offers PKCS#11 3.0.</summary>
    public static FaultShimToken CreateVersion3() => new(SoftHsmToken.Create(), BuiltAsVersion3.Value);

    public Task<Token> OpenAsync(Action<TokenOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var options = TokenOptions;
        change?.Invoke(options);
        return Token.OpenAsync(options, TimeProvider.System, TestRunLog.Logger<Token>(), cancellationToken);
    }

    /// <summary>How often a function has been called through the shim.</summary>
    public long Calls(string function) => Export<CallsFunction>("Pkcs11Fault_Calls")(function);

    /// <summary>Replaces the shim's rules, see tests/Pkcs11Fault/README.md; none = no faults.</summary>
    public void Inject(params ReadOnlySpan<string> rules)
    {
        // Renamed into place: the shim must never read half a file.
        var next = _control + ".next";
        File.WriteAllLines(next, rules.ToArray());
        File.Move(next, _control, overwrite: true);
    }

    public void Dispose() => _soft.Dispose();

    private T Export<T>(string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(NativeLibrary.Load(_shim), name));

    private static string Build(string flags)
    {
        var output = Path.Combine(Directory.CreateTempSubdirectory("pkcs11-fault-").FullName, "libpkcs11_fault.so");
        Subprocess.Run("env", $"CFLAGS={flags}", "sh", Path.Combine(RepositoryRoot.Path, "tests", "Pkcs11Fault", "build.sh"), output);
        return output;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint OpenSessionsFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint UserNameFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CallsFunction([MarshalAs(UnmanagedType.LPUTF8Str)] string function);
}
