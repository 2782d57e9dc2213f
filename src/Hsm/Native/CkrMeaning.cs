namespace EContract.Hsm.Native;

internal static class CkrMeaning
{
    public static CkrScope Of(Ckr ckr) =>
        ckr switch
        {
            Ckr.CKR_SESSION_CLOSED
            or Ckr.CKR_SESSION_HANDLE_INVALID
            or Ckr.CKR_SESSION_COUNT
            or Ckr.CKR_OPERATION_ACTIVE
            or Ckr.CKR_OPERATION_NOT_INITIALIZED
            or Ckr.CKR_OPERATION_CANCEL_FAILED
            or Ckr.CKR_FUNCTION_CANCELED => CkrScope.Session,
            Ckr.CKR_USER_NOT_LOGGED_IN => CkrScope.Login,
            Ckr.CKR_OBJECT_HANDLE_INVALID
            or Ckr.CKR_KEY_HANDLE_INVALID
            or Ckr.CKR_WRAPPING_KEY_HANDLE_INVALID
            or Ckr.CKR_UNWRAPPING_KEY_HANDLE_INVALID => CkrScope.Handle,
            Ckr.CKR_CRYPTOKI_NOT_INITIALIZED => CkrScope.Module,
            Ckr.CKR_PIN_INCORRECT
            or Ckr.CKR_PIN_INVALID
            or Ckr.CKR_PIN_LEN_RANGE
            or Ckr.CKR_PIN_EXPIRED
            or Ckr.CKR_PIN_LOCKED
            or Ckr.CKR_USER_PIN_NOT_INITIALIZED => CkrScope.Pin,
            Ckr.CKR_HOST_MEMORY
            or Ckr.CKR_SLOT_ID_INVALID
            or Ckr.CKR_GENERAL_ERROR
            or Ckr.CKR_FUNCTION_FAILED
            or Ckr.CKR_CANT_LOCK
            or Ckr.CKR_DEVICE_ERROR
            or Ckr.CKR_DEVICE_MEMORY
            or Ckr.CKR_DEVICE_REMOVED
            or Ckr.CKR_TOKEN_NOT_PRESENT
            or Ckr.CKR_TOKEN_NOT_RECOGNIZED
            or Ckr.CKR_TOKEN_RESOURCE_EXCEEDED
            or Ckr.CKR_LIBRARY_LOAD_FAILED
            or Ckr.CKR_CRYPTOKI_ALREADY_INITIALIZED => CkrScope.Device,
            // Vendors report their connection and cluster troubles here; a healthy token doesn't use this range.
            >= Ckr.CKR_VENDOR_DEFINED => CkrScope.Device,
            _ => CkrScope.Request,
        };

    public static HsmFault ToFault(this CkrScope scope) =>
        scope switch
        {
            CkrScope.Request => HsmFault.Refused,
            CkrScope.Pin => HsmFault.PinRefused,
            _ => HsmFault.Unavailable,
        };
}
