using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>Uses of the master key other than deriving wrapping keys.</summary>
internal static class MasterKey
{
    private const int Blocks = MasterSecrets.Size / 16;

    public static bool Works(Session session, CULong master) => ComputeSecrets(session, master).Id.ContainsAnyExcept((byte)0);

    /// <summary>True if both are the same key.</summary>
    public static bool IsSame(Session session, CULong master, CULong copy) =>
        ComputeSecrets(session, master).Id.SequenceEqual(ComputeSecrets(session, copy).Id);

    /// <summary>
    /// Derives a key from a fixed text, which no stretched PIN can equal but by a collision of 256 bits, and encrypts
    /// counters with it.
    /// </summary>
    public static MasterSecrets ComputeSecrets(Session session, CULong master)
    {
        var text = SHA256.HashData("EContract vault: master id and blob authentication, v1"u8);
        var key = WrappingKey.Derive(session, master, text, wraps: false);
        try
        {
            Span<byte> counters = stackalloc byte[16 * Blocks];
            counters.Clear();
            for (var i = 0; i < Blocks; i++)
            {
                // From one up: the zero block is the key check value's.
                counters[16 * i] = (byte)(i + 1);
            }

            Span<byte> computed = stackalloc byte[16 * Blocks];
            WrappingKey.Encrypt(session, key, counters, computed);
            var secrets = new MasterSecrets(computed);
            CryptographicOperations.ZeroMemory(computed);
            return secrets;
        }
        finally
        {
            session.DestroyOwn(key);
        }
    }
}
