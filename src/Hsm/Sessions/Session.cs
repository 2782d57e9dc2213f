using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Pins;

namespace EContract.Hsm.Sessions;

/// <summary>
/// One open session and the native calls on it. Used by one thread at a time. Each method checks the CK_RV and throws
/// <see cref="HsmException"/> with the function's name.
/// </summary>
internal sealed unsafe partial class Session
{
    private readonly Cryptoki _cryptoki;
    private readonly TimeProvider _time;
    private long _callStarted;

    public Session(Cryptoki cryptoki, CULong handle, long epoch, TimeProvider time)
    {
        _cryptoki = cryptoki;
        _time = time;
        Handle = handle;
        Epoch = epoch;
    }

    public CULong Handle { get; }

    /// <summary>The initialisation of the module it belongs to; a later one knows nothing of it.</summary>
    public long Epoch { get; }

    private bool _isActive;
    private bool _keepsObjects;

    /// <summary>An operation may still be active on it, or an object is left on it: not to be used again.</summary>
    public bool IsDirty => _isActive || _keepsObjects;

    /// <summary>The native call in progress or the last one; for the watchdog's report.</summary>
    public string Function { get; private set; } = "";

    /// <summary>When the native call in progress began, 0 between calls. Read by the watchdog.</summary>
    public long CallStarted => Volatile.Read(ref _callStarted);

    /// <summary>Longest time for one native call, in timestamp ticks. Owned by whoever rents the session.</summary>
    public long CallTimeout { get; set; }

    /// <summary>Ends an operation that may still be active, where the module can (PKCS#11 3.0); false if the session stays dirty.</summary>
    public bool TryCancel()
    {
        if (_isActive && _cryptoki.HasSessionCancel)
        {
            const uint All = Pkcs11.CKF_FIND_OBJECTS | Pkcs11.CKF_ENCRYPT | Pkcs11.CKF_DECRYPT | Pkcs11.CKF_SIGN;
            Enter("C_SessionCancel");
            _isActive = Leave(_cryptoki.C_SessionCancel(Handle, new CULong(All))) != Ckr.CKR_OK;
        }

        return !IsDirty;
    }

    public void AllowPerCall(TimeSpan timeout) => CallTimeout = (long)(timeout.TotalSeconds * _time.TimestampFrequency);

    /// <summary>1 = rented, 2 = written off by the watchdog. Changed by compare-and-swap only.</summary>
    internal int State;

    /// <summary>Place in the pool's table of rented sessions.</summary>
    internal int RentedIndex { get; set; }

    internal TokenPriority Priority { get; set; }

    /// <summary>Its renter may have used a key's copy: what that fails by is tried once more by the key itself.</summary>
    internal bool UsesCopy { get; set; }

    /// <summary>Another session on which the renter of this one works at the moment; the watchdog looks at it too.</summary>
    internal Session? Companion { get; set; }

    /// <summary>The session that the renter of this one is in a native call on: this one or its companion's.</summary>
    internal Session AtWork => Companion is { } companion ? companion.AtWork : this;

    /// <summary>The asynchronous call that uses the session, answered by the watchdog if it hangs.</summary>
    internal TokenCall? Call { get; set; }

    private void Enter(string function)
    {
        Function = function;
        Volatile.Write(ref _callStarted, _time.GetTimestamp());
    }

    private Ckr Leave(Ckr ckr)
    {
        Volatile.Write(ref _callStarted, 0);
        return ckr;
    }

    private void Check(Ckr ckr)
    {
        if (Leave(ckr) != Ckr.CKR_OK)
        {
            throw new HsmException(Function, ckr);
        }
    }

    /// <summary>Closes the session and with it all objects made on it. Never throws: there is nothing a caller could do.</summary>
    public Ckr Close()
    {
        Enter("C_CloseSession");
        return Leave(_cryptoki.C_CloseSession(Handle));
    }

    /// <summary>True if the user is logged in as this session sees it.</summary>
    public bool IsLoggedIn()
    {
        CK_SESSION_INFO info;
        Enter("C_GetSessionInfo");
        Check(_cryptoki.C_GetSessionInfo(Handle, &info));
        return (uint)info.state.Value is Pkcs11.CKS_RO_USER_FUNCTIONS or Pkcs11.CKS_RW_USER_FUNCTIONS;
    }

    public Ckr Login(uint userType, ReadOnlySpan<byte> pin, ReadOnlySpan<byte> userName)
    {
        fixed (
            byte* pinPointer = pin,
                namePointer = userName
        )
        {
            var (user, length) = (new CULong(userType), new CULong((uint)pin.Length));
            if (userName.IsEmpty)
            {
                Enter("C_Login");
                return Leave(_cryptoki.C_Login(Handle, user, pinPointer, length));
            }

            if (!_cryptoki.HasLoginUser)
            {
                throw new HsmException(
                    "C_LoginUser",
                    Ckr.CKR_FUNCTION_NOT_SUPPORTED,
                    HsmFault.Refused,
                    "the module is older than PKCS#11 3.0"
                );
            }

            Enter("C_LoginUser");
            return Leave(_cryptoki.C_LoginUser(Handle, user, pinPointer, length, namePointer, new CULong((uint)userName.Length)));
        }
    }

    public void InitPin(ReadOnlySpan<byte> pin)
    {
        fixed (byte* pinPointer = pin)
        {
            Enter("C_InitPIN");
            Check(_cryptoki.C_InitPIN(Handle, pinPointer, new CULong((uint)pin.Length)));
        }
    }

    public void Random(Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            Enter("C_GenerateRandom");
            Check(_cryptoki.C_GenerateRandom(Handle, pointer, new CULong((uint)destination.Length)));
        }
    }

    /// <summary>
    /// C_SignInit and C_Sign in one; <paramref name="contextLogin"/> answers a key with CKA_ALWAYS_AUTHENTICATE.
    /// </summary>
    public int Sign(CK_MECHANISM* mechanism, CULong key, ReadOnlySpan<byte> data, Span<byte> signature, PinSource? contextLogin = null)
    {
        Enter("C_SignInit");
        Check(_cryptoki.C_SignInit(Handle, mechanism, key));
        _isActive = true;
        if (contextLogin is not null)
        {
            LoginForContext(contextLogin);
        }

        var length = new CULong((uint)signature.Length);
        fixed (
            byte* dataPointer = data,
                signaturePointer = signature
        )
        {
            Enter("C_Sign");
            var ckr = Leave(_cryptoki.C_Sign(Handle, dataPointer, new CULong((uint)data.Length), signaturePointer, &length));
            _isActive = ckr == Ckr.CKR_BUFFER_TOO_SMALL;
            Check(ckr);
        }

        return (int)length.Value;
    }

    private void LoginForContext(PinSource pins)
    {
        using var pin = pins.Read();
        Enter("C_Login");
        Check(Login(Pkcs11.CKU_CONTEXT_SPECIFIC, pin.Bytes, default));
    }

    public int Encrypt(CK_MECHANISM* mechanism, CULong key, ReadOnlySpan<byte> data, Span<byte> encrypted)
    {
        Enter("C_EncryptInit");
        Check(_cryptoki.C_EncryptInit(Handle, mechanism, key));
        _isActive = true;
        var length = new CULong((uint)encrypted.Length);
        fixed (
            byte* dataPointer = data,
                encryptedPointer = encrypted
        )
        {
            Enter("C_Encrypt");
            var ckr = Leave(_cryptoki.C_Encrypt(Handle, dataPointer, new CULong((uint)data.Length), encryptedPointer, &length));
            _isActive = ckr == Ckr.CKR_BUFFER_TOO_SMALL;
            Check(ckr);
        }

        return (int)length.Value;
    }

    public int Decrypt(CK_MECHANISM* mechanism, CULong key, ReadOnlySpan<byte> encrypted, Span<byte> data)
    {
        Enter("C_DecryptInit");
        Check(_cryptoki.C_DecryptInit(Handle, mechanism, key));
        _isActive = true;
        var length = new CULong((uint)data.Length);
        fixed (
            byte* dataPointer = data,
                encryptedPointer = encrypted
        )
        {
            Enter("C_Decrypt");
            var ckr = Leave(_cryptoki.C_Decrypt(Handle, encryptedPointer, new CULong((uint)encrypted.Length), dataPointer, &length));
            _isActive = ckr == Ckr.CKR_BUFFER_TOO_SMALL;
            Check(ckr);
        }

        return (int)length.Value;
    }
}
