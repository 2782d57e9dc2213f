using System.Runtime.InteropServices;

namespace EContract.Hsm.Native;

/// <summary>
/// One loaded module's C functions, names verbatim. Nothing is judged here: each returns its CK_RV as <see cref="Ckr"/>.
/// The table stays valid for as long as the library is loaded, also over C_Finalize and C_Initialize.
/// </summary>
internal sealed unsafe class Cryptoki
{
    private readonly delegate* unmanaged[Cdecl]<CK_C_INITIALIZE_ARGS*, CULong> _initialize;
    private readonly delegate* unmanaged[Cdecl]<void*, CULong> _finalize;
    private readonly delegate* unmanaged[Cdecl]<byte, CULong*, CULong*, CULong> _getSlotList;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_TOKEN_INFO*, CULong> _getTokenInfo;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong> _initToken;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong> _initPIN;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, void*, void*, CULong*, CULong> _openSession;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong> _closeSession;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_SESSION_INFO*, CULong> _getSessionInfo;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, CULong> _login;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong*, CULong> _copyObject;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, CULong> _destroyObject;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong> _getAttributeValue;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong> _setAttributeValue;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_ATTRIBUTE*, CULong, CULong> _findObjectsInit;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong*, CULong, CULong*, CULong> _findObjects;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong> _findObjectsFinal;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong> _encryptInit;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong> _encrypt;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong> _decryptInit;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong> _decrypt;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong> _signInit;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong> _sign;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CK_ATTRIBUTE*, CULong, CULong*, CULong> _generateKey;
    private readonly delegate* unmanaged[Cdecl]<
        CULong,
        CK_MECHANISM*,
        CK_ATTRIBUTE*,
        CULong,
        CK_ATTRIBUTE*,
        CULong,
        CULong*,
        CULong*,
        CULong> _generateKeyPair;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong, byte*, CULong*, CULong> _wrapKey;
    private readonly delegate* unmanaged[Cdecl]<
        CULong,
        CK_MECHANISM*,
        CULong,
        byte*,
        CULong,
        CK_ATTRIBUTE*,
        CULong,
        CULong*,
        CULong> _unwrapKey;
    private readonly delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CK_ATTRIBUTE*, CULong, CULong*, CULong> _deriveKey;
    private readonly delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong> _generateRandom;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, byte*, CULong, CULong> _loginUser;
    private readonly delegate* unmanaged[Cdecl]<CULong, CULong, CULong> _sessionCancel;

    private Cryptoki(byte* functionList, bool isVersion3)
    {
        // CK_FUNCTION_LIST is a two-byte version and then pointers: packed on Windows, aligned elsewhere.
        var first = functionList + (OperatingSystem.IsWindows() ? 2 : sizeof(nint));
        void* At(int index) => (void*)Marshal.ReadIntPtr((nint)first, index * sizeof(nint));

        IsVersion3 = isVersion3;
        _initialize = (delegate* unmanaged[Cdecl]<CK_C_INITIALIZE_ARGS*, CULong>)At(0);
        _finalize = (delegate* unmanaged[Cdecl]<void*, CULong>)At(1);
        _getSlotList = (delegate* unmanaged[Cdecl]<byte, CULong*, CULong*, CULong>)At(4);
        _getTokenInfo = (delegate* unmanaged[Cdecl]<CULong, CK_TOKEN_INFO*, CULong>)At(6);
        _initToken = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong>)At(9);
        _initPIN = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong>)At(10);
        _openSession = (delegate* unmanaged[Cdecl]<CULong, CULong, void*, void*, CULong*, CULong>)At(12);
        _closeSession = (delegate* unmanaged[Cdecl]<CULong, CULong>)At(13);
        _getSessionInfo = (delegate* unmanaged[Cdecl]<CULong, CK_SESSION_INFO*, CULong>)At(15);
        _login = (delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, CULong>)At(18);
        _copyObject = (delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong*, CULong>)At(21);
        _destroyObject = (delegate* unmanaged[Cdecl]<CULong, CULong, CULong>)At(22);
        _getAttributeValue = (delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong>)At(24);
        _setAttributeValue = (delegate* unmanaged[Cdecl]<CULong, CULong, CK_ATTRIBUTE*, CULong, CULong>)At(25);
        _findObjectsInit = (delegate* unmanaged[Cdecl]<CULong, CK_ATTRIBUTE*, CULong, CULong>)At(26);
        _findObjects = (delegate* unmanaged[Cdecl]<CULong, CULong*, CULong, CULong*, CULong>)At(27);
        _findObjectsFinal = (delegate* unmanaged[Cdecl]<CULong, CULong>)At(28);
        _encryptInit = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong>)At(29);
        _encrypt = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong>)At(30);
        _decryptInit = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong>)At(33);
        _decrypt = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong>)At(34);
        _signInit = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong>)At(42);
        _sign = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong>)At(43);
        _generateKey = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CK_ATTRIBUTE*, CULong, CULong*, CULong>)At(58);
        _generateKeyPair = (delegate* unmanaged[Cdecl]<
            CULong,
            CK_MECHANISM*,
            CK_ATTRIBUTE*,
            CULong,
            CK_ATTRIBUTE*,
            CULong,
            CULong*,
            CULong*,
            CULong>)At(59);
        _wrapKey = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CULong, byte*, CULong*, CULong>)At(60);
        _unwrapKey = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, byte*, CULong, CK_ATTRIBUTE*, CULong, CULong*, CULong>)At(
            61
        );
        _deriveKey = (delegate* unmanaged[Cdecl]<CULong, CK_MECHANISM*, CULong, CK_ATTRIBUTE*, CULong, CULong*, CULong>)At(62);
        _generateRandom = (delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong>)At(64);
        if (isVersion3)
        {
            _loginUser = (delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, byte*, CULong, CULong>)At(70);
            _sessionCancel = (delegate* unmanaged[Cdecl]<CULong, CULong, CULong>)At(71);
        }
    }

    /// <summary>True if the module offers the functions of PKCS#11 3.x.</summary>
    public bool IsVersion3 { get; }

    public bool HasLoginUser => _loginUser is not null;

    public bool HasSessionCancel => _sessionCancel is not null;

    /// <summary>Loads a module: C_GetInterface for 3.x where it is exported, C_GetFunctionList otherwise.</summary>
    /// <exception cref="HsmException">The file can't be loaded or is no PKCS#11 module.</exception>
    public static Cryptoki Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
        {
            throw new HsmException("dlopen", Ckr.CKR_LIBRARY_LOAD_FAILED, HsmFault.Refused, $"the PKCS#11 module '{path}' can't be loaded");
        }

        if (NativeLibrary.TryGetExport(library, "C_GetInterface", out var getInterface))
        {
            CK_INTERFACE* found;
            fixed (byte* name = "PKCS 11\0"u8)
            {
                var ckr = ((delegate* unmanaged[Cdecl]<byte*, void*, CK_INTERFACE**, CULong, CULong>)getInterface)(
                    name,
                    null,
                    &found,
                    default
                );
                if (ToCkr(ckr) == Ckr.CKR_OK && found->pFunctionList[0] >= 3)
                {
                    return new Cryptoki(found->pFunctionList, true);
                }
            }
        }

        if (!NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var getFunctionList))
        {
            throw new HsmException("C_GetFunctionList", Ckr.CKR_FUNCTION_NOT_SUPPORTED, HsmFault.Refused, $"'{path}' is no PKCS#11 module");
        }

        byte* list;
        var result = ToCkr(((delegate* unmanaged[Cdecl]<byte**, CULong>)getFunctionList)(&list));
        return result == Ckr.CKR_OK ? new Cryptoki(list, false) : throw new HsmException("C_GetFunctionList", result);
    }

    public Ckr C_Initialize(CK_C_INITIALIZE_ARGS* args) => ToCkr(_initialize(args));

    public Ckr C_Finalize(void* reserved) => ToCkr(_finalize(reserved));

    public Ckr C_GetSlotList(byte tokenPresent, CULong* slots, CULong* count) => ToCkr(_getSlotList(tokenPresent, slots, count));

    public Ckr C_GetTokenInfo(CULong slot, CK_TOKEN_INFO* info) => ToCkr(_getTokenInfo(slot, info));

    public Ckr C_InitToken(CULong slot, byte* pin, CULong pinLength, byte* label) => ToCkr(_initToken(slot, pin, pinLength, label));

    public Ckr C_InitPIN(CULong session, byte* pin, CULong pinLength) => ToCkr(_initPIN(session, pin, pinLength));

    public Ckr C_OpenSession(CULong slot, CULong flags, void* application, void* notify, CULong* session) =>
        ToCkr(_openSession(slot, flags, application, notify, session));

    public Ckr C_CloseSession(CULong session) => ToCkr(_closeSession(session));

    public Ckr C_GetSessionInfo(CULong session, CK_SESSION_INFO* info) => ToCkr(_getSessionInfo(session, info));

    public Ckr C_Login(CULong session, CULong userType, byte* pin, CULong pinLength) => ToCkr(_login(session, userType, pin, pinLength));

    public Ckr C_CopyObject(CULong session, CULong obj, CK_ATTRIBUTE* template, CULong count, CULong* copy) =>
        ToCkr(_copyObject(session, obj, template, count, copy));

    public Ckr C_DestroyObject(CULong session, CULong obj) => ToCkr(_destroyObject(session, obj));

    public Ckr C_GetAttributeValue(CULong session, CULong obj, CK_ATTRIBUTE* template, CULong count) =>
        ToCkr(_getAttributeValue(session, obj, template, count));

    public Ckr C_SetAttributeValue(CULong session, CULong obj, CK_ATTRIBUTE* template, CULong count) =>
        ToCkr(_setAttributeValue(session, obj, template, count));

    public Ckr C_FindObjectsInit(CULong session, CK_ATTRIBUTE* template, CULong count) => ToCkr(_findObjectsInit(session, template, count));

    public Ckr C_FindObjects(CULong session, CULong* objects, CULong maximum, CULong* count) =>
        ToCkr(_findObjects(session, objects, maximum, count));

    public Ckr C_FindObjectsFinal(CULong session) => ToCkr(_findObjectsFinal(session));

    public Ckr C_EncryptInit(CULong session, CK_MECHANISM* mechanism, CULong key) => ToCkr(_encryptInit(session, mechanism, key));

    public Ckr C_Encrypt(CULong session, byte* data, CULong length, byte* encrypted, CULong* encryptedLength) =>
        ToCkr(_encrypt(session, data, length, encrypted, encryptedLength));

    public Ckr C_DecryptInit(CULong session, CK_MECHANISM* mechanism, CULong key) => ToCkr(_decryptInit(session, mechanism, key));

    public Ckr C_Decrypt(CULong session, byte* encrypted, CULong length, byte* data, CULong* dataLength) =>
        ToCkr(_decrypt(session, encrypted, length, data, dataLength));

    public Ckr C_SignInit(CULong session, CK_MECHANISM* mechanism, CULong key) => ToCkr(_signInit(session, mechanism, key));

    public Ckr C_Sign(CULong session, byte* data, CULong length, byte* signature, CULong* signatureLength) =>
        ToCkr(_sign(session, data, length, signature, signatureLength));

    public Ckr C_GenerateKey(CULong session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* template, CULong count, CULong* key) =>
        ToCkr(_generateKey(session, mechanism, template, count, key));

    public Ckr C_GenerateKeyPair(
        CULong session,
        CK_MECHANISM* mechanism,
        CK_ATTRIBUTE* publicTemplate,
        CULong publicCount,
        CK_ATTRIBUTE* privateTemplate,
        CULong privateCount,
        CULong* publicKey,
        CULong* privateKey
    ) => ToCkr(_generateKeyPair(session, mechanism, publicTemplate, publicCount, privateTemplate, privateCount, publicKey, privateKey));

    public Ckr C_WrapKey(CULong session, CK_MECHANISM* mechanism, CULong wrappingKey, CULong key, byte* wrapped, CULong* wrappedLength) =>
        ToCkr(_wrapKey(session, mechanism, wrappingKey, key, wrapped, wrappedLength));

    public Ckr C_UnwrapKey(
        CULong session,
        CK_MECHANISM* mechanism,
        CULong unwrappingKey,
        byte* wrapped,
        CULong length,
        CK_ATTRIBUTE* template,
        CULong count,
        CULong* key
    ) => ToCkr(_unwrapKey(session, mechanism, unwrappingKey, wrapped, length, template, count, key));

    public Ckr C_DeriveKey(CULong session, CK_MECHANISM* mechanism, CULong baseKey, CK_ATTRIBUTE* template, CULong count, CULong* key) =>
        ToCkr(_deriveKey(session, mechanism, baseKey, template, count, key));

    public Ckr C_GenerateRandom(CULong session, byte* random, CULong length) => ToCkr(_generateRandom(session, random, length));

    public Ckr C_LoginUser(CULong session, CULong userType, byte* pin, CULong pinLength, byte* userName, CULong userNameLength) =>
        ToCkr(_loginUser(session, userType, pin, pinLength, userName, userNameLength));

    public Ckr C_SessionCancel(CULong session, CULong flags) => ToCkr(_sessionCancel(session, flags));

    private static Ckr ToCkr(CULong value) => (Ckr)(uint)value.Value;
}
