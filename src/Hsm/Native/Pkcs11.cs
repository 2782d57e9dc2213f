namespace EContract.Hsm.Native;

/// <summary>The constants of PKCS#11 v3.1 that are used here, named as there.</summary>
internal static class Pkcs11
{
    public const uint CKF_RW_SESSION = 0x2;
    public const uint CKF_SERIAL_SESSION = 0x4;
    public const uint CKF_FIND_OBJECTS = 0x40;
    public const uint CKF_ENCRYPT = 0x100;
    public const uint CKF_DECRYPT = 0x200;
    public const uint CKF_SIGN = 0x800;
    public const uint CKF_OS_LOCKING_OK = 0x2;
    public const uint CKF_TOKEN_INITIALIZED = 0x400;

    public const uint CKU_SO = 0;
    public const uint CKU_USER = 1;
    public const uint CKU_CONTEXT_SPECIFIC = 2;

    public const uint CKS_RO_USER_FUNCTIONS = 1;
    public const uint CKS_RW_USER_FUNCTIONS = 3;

    public const uint CKO_PUBLIC_KEY = 2;
    public const uint CKO_PRIVATE_KEY = 3;
    public const uint CKO_SECRET_KEY = 4;

    public const uint CKK_RSA = 0x0;
    public const uint CKK_EC = 0x3;
    public const uint CKK_GENERIC_SECRET = 0x10;
    public const uint CKK_AES = 0x1F;

    public const uint CKA_CLASS = 0x0;
    public const uint CKA_TOKEN = 0x1;
    public const uint CKA_PRIVATE = 0x2;
    public const uint CKA_LABEL = 0x3;
    public const uint CKA_KEY_TYPE = 0x100;
    public const uint CKA_ID = 0x102;
    public const uint CKA_SENSITIVE = 0x103;
    public const uint CKA_ENCRYPT = 0x104;
    public const uint CKA_DECRYPT = 0x105;
    public const uint CKA_WRAP = 0x106;
    public const uint CKA_UNWRAP = 0x107;
    public const uint CKA_SIGN = 0x108;
    public const uint CKA_SIGN_RECOVER = 0x109;
    public const uint CKA_VERIFY = 0x10A;
    public const uint CKA_DERIVE = 0x10C;
    public const uint CKA_MODULUS = 0x120;
    public const uint CKA_MODULUS_BITS = 0x121;
    public const uint CKA_PUBLIC_EXPONENT = 0x122;
    public const uint CKA_VALUE_LEN = 0x161;
    public const uint CKA_EXTRACTABLE = 0x162;
    public const uint CKA_EC_PARAMS = 0x180;
    public const uint CKA_EC_POINT = 0x181;
    public const uint CKA_ALWAYS_AUTHENTICATE = 0x202;
    public const uint CKA_WRAP_WITH_TRUSTED = 0x210;

    /// <summary>NSS only: the public value that its key database wants beside an unwrapped EC key.</summary>
    public const uint CKA_NSS_DB = 0xD5A0_DB00;

    public const uint CKM_RSA_PKCS_KEY_PAIR_GEN = 0x0;
    public const uint CKM_RSA_PKCS = 0x1;
    public const uint CKM_RSA_PKCS_PSS = 0xD;
    public const uint CKM_SHA256 = 0x250;
    public const uint CKM_SHA256_HMAC = 0x251;
    public const uint CKM_SHA384 = 0x260;
    public const uint CKM_SHA512 = 0x270;
    public const uint CKM_GENERIC_SECRET_KEY_GEN = 0x350;
    public const uint CKM_EC_KEY_PAIR_GEN = 0x1040;
    public const uint CKM_ECDSA = 0x1041;
    public const uint CKM_AES_KEY_GEN = 0x1080;
    public const uint CKM_AES_ECB = 0x1081;
    public const uint CKM_AES_GCM = 0x1087;
    public const uint CKM_AES_CBC_ENCRYPT_DATA = 0x1105;
    public const uint CKM_AES_KEY_WRAP_PAD = 0x210A;

    public const uint CKG_MGF1_SHA256 = 2;
    public const uint CKG_MGF1_SHA384 = 3;
    public const uint CKG_MGF1_SHA512 = 4;
}
