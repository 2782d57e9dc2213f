using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>Makes token keys so that a crash at any point leaves nothing that is ever used.</summary>
/// <remarks>
/// A key is made under a working label and tried out; giving it its real label, the private or secret half last, is the
/// commit. What a killed process left under the working label, and public halves whose private half never got the real
/// label, are destroyed when the same label is made again. Private and secret keys with a real label are never destroyed.
/// </remarks>
internal sealed class TokenKeyMaker(TokenCore core)
{
    private const string WorkingSuffix = " (being made)";

    public (CULong Handle, byte[] SubjectPublicKeyInfo) MakePair(Session session, string label, KeyAlgorithm algorithm) =>
        core.InObjectStore(() => MakePairAlone(session, label, algorithm));

    /// <param name="isGood">Tries the new key out.</param>
    public unsafe CULong MakeSecret(
        Session session,
        string label,
        uint mechanism,
        int size,
        uint[] rights,
        Func<Session, CULong, bool> isGood
    ) =>
        core.InObjectStore(() =>
        {
            Refuse(session, label, Pkcs11.CKO_SECRET_KEY);
            DestroyAll(session, Pkcs11.CKO_SECRET_KEY, label + WorkingSuffix);
            var type = new CK_MECHANISM(mechanism);
            using var template = KeyTemplates.SecretKey(label + WorkingSuffix, RandomNumberGenerator.GetBytes(16), size, rights);
            var key = session.GenerateKey(&type, template);
            if (!isGood(session, key))
            {
                session.Destroy(key);
                throw new HsmException("C_GenerateKey", Ckr.CKR_OK, HsmFault.Refused, $"the new key '{label}' doesn't work");
            }

            Name(session, key, label);
            return key;
        });

    private static unsafe (CULong, byte[]) MakePairAlone(Session session, string label, KeyAlgorithm algorithm)
    {
        Refuse(session, label, Pkcs11.CKO_PRIVATE_KEY);
        DestroyAll(session, Pkcs11.CKO_PRIVATE_KEY, label + WorkingSuffix);
        DestroyAll(session, Pkcs11.CKO_PUBLIC_KEY, label + WorkingSuffix);
        DestroyAll(session, Pkcs11.CKO_PUBLIC_KEY, label);

        var id = RandomNumberGenerator.GetBytes(16);
        var mechanism = new CK_MECHANISM(algorithm.IsRsa ? Pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN : Pkcs11.CKM_EC_KEY_PAIR_GEN);
        using var publicTemplate = KeyTemplates.PublicKey(algorithm, onToken: true, label + WorkingSuffix, id);
        using var privateTemplate = KeyTemplates.PrivateKey(onToken: true, extractable: false, label + WorkingSuffix, id);
        var (publicKey, privateKey) = session.GenerateKeyPair(&mechanism, publicTemplate, privateTemplate);
        var read = PublicKeyObject.Read(session, publicKey);
        if (
            read is not { } half
            || half.Algorithm != algorithm
            || !DigestSigning.Works(session, privateKey, half.Algorithm, half.SubjectPublicKeyInfo)
        )
        {
            session.Destroy(privateKey);
            session.Destroy(publicKey);
            throw new HsmException("C_GenerateKeyPair", Ckr.CKR_OK, HsmFault.Refused, $"the new key '{label}' doesn't work");
        }

        Name(session, publicKey, label);
        Name(session, privateKey, label); // the commit
        return (privateKey, half.SubjectPublicKeyInfo);
    }

    private static void Refuse(Session session, string label, uint objectClass)
    {
        if (TokenObjects.Find(session, objectClass, label).Length > 0)
        {
            throw new HsmException("C_FindObjects", Ckr.CKR_OK, HsmFault.KeyExists, $"there is a key '{label}' already");
        }
    }

    private static void DestroyAll(Session session, uint objectClass, string label)
    {
        foreach (var remains in TokenObjects.Find(session, objectClass, label))
        {
            session.Destroy(remains);
        }
    }

    private static void Name(Session session, CULong key, string label)
    {
        using var template = new AttributeTemplate().Add(Pkcs11.CKA_LABEL, label);
        session.SetAttributes(key, template);
    }
}
