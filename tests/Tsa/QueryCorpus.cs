using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Tsp;
using FsCheck;
using FsCheck.Fluent;

namespace EContract.Tsa.Tests;

/// <summary>Queries that clients send, and what becomes of them on a bad line or in bad hands.</summary>
internal static class QueryCorpus
{
    /// <summary>Sound queries of every shape; hash algorithms and policies also such as are refused.</summary>
    public static Gen<TimeStampReq> Sound =>
        from hash in Gen.Elements("SHA256", "SHA384", "SHA512", "SHA1")
        from @null in Gen.Elements(true, false)
        from policy in Gen.Elements("2.999.1", "2.999.2", "2.999.77", null)
        from nonce in Gen.Elements(-1, 0, 1, 8, 16, 20, 130, 300)
        from certReq in Gen.Elements(true, false)
        from extensions in Gen.Elements(false, false, false, true)
        select new TimeStampReq
        {
            MessageImprint = new MessageImprint(
                @null ? AlgorithmIdentifier.WithNull(HashAlgorithms.ToOid(new(hash))) : HashAlgorithms.Identifier(new(hash)),
                RandomNumberGenerator.GetBytes(HashAlgorithms.DigestLength(new(hash)))
            ),
            ReqPolicy = policy,
            Nonce = nonce < 0 ? default(ReadOnlyMemory<byte>?) : SerialNumber.FromUnsigned(RandomNumberGenerator.GetBytes(nonce)).Content,
            CertReq = certReq,
            Extensions = extensions
                ? new byte[] { 0xA0, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x04, 0x02, 0x05, 0x00 }
                : default(ReadOnlyMemory<byte>?),
        };

    /// <summary>One to four octets changed, inserted or removed, or the end cut off, or something appended.</summary>
    public static Gen<byte[]> Mutated =>
        from request in Sound
        from times in Gen.Choose(0, 4)
        from seed in Gen.Choose(int.MinValue, int.MaxValue)
        select Mutate(request.Encode(), times, new Random(seed));

    private static byte[] Mutate(byte[] bytes, int times, Random random)
    {
        var list = new List<byte>(bytes);
        for (int i = 0; i < times && list.Count > 0; i++)
        {
            int at = random.Next(list.Count);
            switch (random.Next(6))
            {
                case 0:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    list[at] = (byte)random.Next(256);
                    break;
                case 2:
                    list.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    list.RemoveAt(at);
                    break;
                case 4:
                    list.RemoveRange(at, list.Count - at);
                    break;
                default:
                    list.Add((byte)random.Next(256));
                    break;
            }
        }

        return [.. list];
    }
}
