using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>A private key that lives on the token: root and issuing CA, TSA, OCSP, audit.</summary>
internal sealed class TokenSigningKey(
    TokenCore core,
    string label,
    KeyAlgorithm algorithm,
    ReadOnlyMemory<byte> subjectPublicKeyInfo,
    bool alwaysAuthenticate,
    SignatureCheck check
) : NativeSigningKey(core, label, algorithm, subjectPublicKeyInfo, check)
{
    // A key that wants the PIN for each signature is used by itself: the login costs more than a copy would save.
    private readonly KeyHandle _handle = new(
        core,
        Pkcs11.CKO_PRIVATE_KEY,
        label,
        alwaysAuthenticate
            ? null
            : (session, original, copy) =>
                DigestSigning.Works(session, original, algorithm, subjectPublicKeyInfo)
                && DigestSigning.Works(session, copy, algorithm, subjectPublicKeyInfo)
    );

    private protected override bool AlwaysAuthenticate => alwaysAuthenticate;

    /// <summary>Seeds the handle that a search or generation gave.</summary>
    internal void Set(CULong handle, long epoch) => _handle.Set(handle, epoch);

    private protected override CULong Resolve(Session session) => _handle.Resolve(session);

    private protected override void Forget() => _handle.Forget();
}
