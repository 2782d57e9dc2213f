using System.Runtime.InteropServices;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>Unwrap, sign, destroy on one session; the signatures are verified off the session.</summary>
internal sealed class OneTimeSigner(TokenCore core, WrappedKeyBlob blob, string credentialId, IReadOnlyList<DigestToSign> digests)
{
    public byte[][] Signatures { get; } = new byte[digests.Count][];

    /// <summary>False if the PIN is wrong. In a call on the token; may be run again after a fault.</summary>
    public bool Sign(Session session, Vault vault, PinStretch stretch)
    {
        if (vault.Open(session, blob, stretch) is not { } key)
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

    /// <exception cref="HsmException"><see cref="HsmFault.FaultySignature"/>; none of the signatures is released then.</exception>
    public void Verify()
    {
        var verifier = new PublicKeyVerifier(blob.Algorithm, blob.SubjectPublicKeyInfo);
        for (var i = 0; i < digests.Count; i++)
        {
            if (!verifier.Verify(digests[i].Digest.Span, Signatures[i], digests[i].Hash, digests[i].Scheme))
            {
                Array.Clear(Signatures);
                throw FaultySignatures.Report(core, credentialId);
            }
        }

        core.ReportGoodSignature();
    }
}
