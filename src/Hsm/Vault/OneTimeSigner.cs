using System.Runtime.InteropServices;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>Unwrap, sign, destroy on one session; the signatures are verified off the session.</summary>
/// <param name="willBeVerified">A wrong PIN then shows at the latest in signatures that don't verify, and needs no check of its own.</param>
internal sealed class OneTimeSigner(WrappedKeyBlob blob, IReadOnlyList<DigestToSign> digests, bool willBeVerified)
{
    public byte[][] Signatures { get; } = new byte[digests.Count][];

    /// <summary>False if the PIN is wrong. In a call on the token; may be run again after a fault.</summary>
    public bool Sign(Session session, Vault vault, PinStretch stretch)
    {
        var opened = willBeVerified ? vault.OpenForOnce(session, blob, stretch) : vault.Open(session, blob, stretch);
        if (opened is not { } key)
        {
            return false;
        }

        try
        {
            Span<byte> buffer = stackalloc byte[512];
            for (var i = 0; i < digests.Count; i++)
            {
                var (digest, hash, scheme) = digests[i];
                KeyAlgorithms.Check(blob.Algorithm, digest.Span, hash, scheme, buffer);
                var length = DigestSigning.Sign(session, key, blob.Algorithm, digest.Span, hash, scheme, buffer, null);
                Signatures[i] = buffer[..length].ToArray();
            }

            return true;
        }
        finally
        {
            session.DestroyOwn(key);
        }
    }

    /// <summary>True if all signatures verify; otherwise they are gone.</summary>
    public bool Verify(PublicKeyVerifier verifier)
    {
        for (var i = 0; i < digests.Count; i++)
        {
            if (!verifier.Verify(digests[i].Digest.Span, Signatures[i], digests[i].Hash, digests[i].Scheme))
            {
                Array.Clear(Signatures);
                return false;
            }
        }

        return true;
    }
}
