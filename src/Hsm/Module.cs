using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;
using Microsoft.Extensions.Logging;

namespace EContract.Hsm;

/// <summary>
/// A loaded PKCS#11 module. One per file and process, shared by the tokens opened in it: C_Initialize and C_Finalize
/// belong to the process, so re-initialising one token's module concerns them all.
/// </summary>
internal sealed unsafe class Module
{
    private static readonly Lock Registry = new();
    private static readonly Dictionary<string, Module> Loaded = [];

    // Modules read the environment inside C_Initialize, and two may want the same variable with different values.
    private static readonly Lock EnvironmentLock = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string? _arguments;
    private readonly Lock _lock = new();
    private readonly List<TokenCore> _tokens = [];
    private readonly string _path;
    private int _users;
    private bool _isOurs;

    private Module(string path, TokenOptions options, TimeProvider time, ILogger logger)
    {
        _path = path;
        _environment = new Dictionary<string, string>(options.ModuleEnvironment);
        _arguments = options.InitializeArguments;
        Cryptoki = Cryptoki.Load(path);
        Recovery = new Recovery(this, time, logger);
    }

    public Cryptoki Cryptoki { get; }

    public Recovery Recovery { get; }

    /// <summary>Counts the initialisations. Changes only while no call is in flight.</summary>
    public long Epoch { get; private set; }

    /// <summary>
    /// Taken to find objects and to make token objects: finding while another thread makes some is answered with
    /// spurious CKR_GENERAL_ERROR by SoftHSM.
    /// </summary>
    public Lock ObjectStore { get; } = new();

    /// <summary>
    /// Taken, without waiting, to copy a token key. SoftHSM's copy counts as a token object until the template is applied:
    /// a search beside it finds two keys. Apart from <see cref="ObjectStore"/>, so that a copying that hangs stops no search.
    /// </summary>
    public Lock Copying { get; } = new();

    /// <summary>Taken to connect a token and to initialise anew: the two must not meet.</summary>
    public Lock Connecting { get; } = new();

    public IReadOnlyList<TokenCore> Tokens
    {
        get
        {
            lock (_lock)
            {
                return [.. _tokens];
            }
        }
    }

    /// <summary>The module of these options, loaded and initialised; to be given back with <see cref="Release"/>.</summary>
    public static Module Acquire(TokenOptions options, TimeProvider time, ILogger logger)
    {
        var path = Path.GetFullPath(options.ModulePath);
        lock (Registry)
        {
            if (!Loaded.TryGetValue(path, out var module))
            {
                module = new Module(path, options, time, logger);
                module.Initialize();
                Loaded.Add(path, module);
            }
            else if (module._arguments != options.InitializeArguments)
            {
                throw new ArgumentException($"'{path}' is in use with other initialise arguments", nameof(options));
            }

            module._users++;
            return module;
        }
    }

    public void Release(bool callsHang)
    {
        lock (Registry)
        {
            if (--_users > 0)
            {
                return;
            }

            Loaded.Remove(_path);
            // C_Finalize while a call is in flight is undefined (PKCS#11 §5.4): then the module stays initialised.
            if (!callsHang)
            {
                lock (Connecting)
                {
                    Uninitialize();
                }
            }
        }
    }

    public void Add(TokenCore token)
    {
        lock (_lock)
        {
            _tokens.Add(token);
        }
    }

    public void Remove(TokenCore token)
    {
        lock (_lock)
        {
            _tokens.Remove(token);
        }
    }

    /// <summary>C_Finalize and C_Initialize. Only while no call is in flight on any of the module's tokens.</summary>
    public void Reinitialize()
    {
        Uninitialize();
        Initialize();
    }

    /// <summary>The slot that holds the token of this label or serial.</summary>
    /// <exception cref="HsmException">There is none, or more than one; the message says what there is.</exception>
    public (CULong Slot, string Manufacturer) FindSlot(string? label, string? serial)
    {
        var seen = new List<string>();
        (CULong, string)? found = null;
        foreach (var slot in Slots())
        {
            CK_TOKEN_INFO info;
            if (Cryptoki.C_GetTokenInfo(slot, &info) != Ckr.CKR_OK || ((uint)info.flags.Value & Pkcs11.CKF_TOKEN_INITIALIZED) == 0)
            {
                continue;
            }

            seen.Add($"'{info.Label}' (serial {info.Serial})");
            if ((label is null || info.Label == label) && (serial is null || info.Serial == serial))
            {
                found = found is null
                    ? (slot, info.Manufacturer)
                    : throw Absent($"more than one token is called '{label ?? serial}': select it by serial");
            }
        }

        return found
            ?? throw Absent($"no token '{label ?? serial}'; the module has {(seen.Count == 0 ? "none" : string.Join(", ", seen))}");
    }

    /// <summary>All slots with a token in them.</summary>
    public CULong[] Slots()
    {
        CULong count;
        Check("C_GetSlotList", Cryptoki.C_GetSlotList(1, null, &count));
        while (true)
        {
            var slots = new CULong[(int)count.Value];
            fixed (CULong* pointer = slots)
            {
                var ckr = Cryptoki.C_GetSlotList(1, pointer, &count);
                if (ckr == Ckr.CKR_BUFFER_TOO_SMALL)
                {
                    continue;
                }

                Check("C_GetSlotList", ckr);
            }

            return slots[..(int)count.Value];
        }
    }

    public Session OpenSession(CULong slot, bool readWrite, TimeProvider time)
    {
        CULong handle;
        var flags = new CULong(Pkcs11.CKF_SERIAL_SESSION | (readWrite ? Pkcs11.CKF_RW_SESSION : 0));
        Check("C_OpenSession", Cryptoki.C_OpenSession(slot, flags, null, null, &handle));
        return new Session(Cryptoki, handle, Epoch, time);
    }

    private static HsmException Absent(string detail) => new("C_GetSlotList", Ckr.CKR_TOKEN_NOT_PRESENT, HsmFault.Unavailable, detail);

    private void Initialize()
    {
        lock (EnvironmentLock)
        {
            foreach (var (name, value) in _environment)
            {
                NativeEnvironment.Set(name, value);
            }

            var arguments = Marshal.StringToCoTaskMemUTF8(_arguments);
            try
            {
                var args = new CK_C_INITIALIZE_ARGS { flags = new CULong(Pkcs11.CKF_OS_LOCKING_OK), pReserved = (void*)arguments };
                var ckr = Cryptoki.C_Initialize(&args);
                _isOurs = ckr == Ckr.CKR_OK;
                if (ckr != Ckr.CKR_CRYPTOKI_ALREADY_INITIALIZED)
                {
                    Check("C_Initialize", ckr);
                }
            }
            finally
            {
                Marshal.FreeCoTaskMem(arguments);
            }
        }

        Epoch++;
    }

    private void Uninitialize()
    {
        // Somebody else in this process initialised it: finalising would take it away under his feet.
        if (_isOurs)
        {
            _isOurs = false;
            var ckr = Cryptoki.C_Finalize(null);
            if (ckr != Ckr.CKR_CRYPTOKI_NOT_INITIALIZED)
            {
                Check("C_Finalize", ckr);
            }
        }
    }

    private static void Check(string function, Ckr ckr)
    {
        if (ckr != Ckr.CKR_OK)
        {
            throw new HsmException(function, ckr);
        }
    }
}
