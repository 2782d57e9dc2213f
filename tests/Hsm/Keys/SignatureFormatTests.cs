using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Hsm.Tests.Keys;

public sealed class SignatureFormatTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(66)]
    public void Ecdsa_der_is_what_AsnWriter_writes_and_reads_back(int field)
    {
        for (var i = 0; i < 2000; i++)
        {
            var fixedWidth = RandomNumberGenerator.GetBytes(2 * field);
            // Leading zeros and high bits are where such code goes wrong.
            fixedWidth.AsSpan(0, i % field).Clear();
            fixedWidth.AsSpan(field, i % 3).Clear();
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteInteger(new BigInteger(fixedWidth.AsSpan(0, field), isUnsigned: true, isBigEndian: true));
                writer.WriteInteger(new BigInteger(fixedWidth.AsSpan(field), isUnsigned: true, isBigEndian: true));
            }

            var der = new byte[EcdsaSignature.MaxDerSize(field)];
            var length = EcdsaSignature.ToDer(fixedWidth, der);
            Assert.Equal(writer.Encode(), der[..length]);
            var back = new byte[2 * field];
            Assert.True(EcdsaSignature.TryFromDer(der.AsSpan(0, length), field, back));
            Assert.Equal(fixedWidth, back);
        }
    }

    [Fact]
    public void Whatever_is_read_from_der_is_written_back_identically_and_nothing_throws()
    {
        Check.One(
            PropertyRuns.Of(100),
            Prop.ForAll<byte[]>(bytes =>
            {
                Span<byte> fixedWidth = stackalloc byte[64];
                Span<byte> der = stackalloc byte[EcdsaSignature.MaxDerSize(32)];
                return !EcdsaSignature.TryFromDer(bytes, 32, fixedWidth)
                    || der[..EcdsaSignature.ToDer(fixedWidth, der)].SequenceEqual(bytes);
            })
        );
    }

    [Fact]
    public void A_der_signature_with_any_bit_changed_is_refused_or_reads_differently()
    {
        var fixedWidth = RandomNumberGenerator.GetBytes(64);
        var der = new byte[EcdsaSignature.MaxDerSize(32)];
        der = der[..EcdsaSignature.ToDer(fixedWidth, der)];
        for (var i = 0; i < der.Length * 8; i++)
        {
            var changed = (byte[])der.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            var read = new byte[64];
            Assert.False(EcdsaSignature.TryFromDer(changed, 32, read) && read.AsSpan().SequenceEqual(fixedWidth));
        }
    }

    [Theory]
    [InlineData("SHA256", "2.16.840.1.101.3.4.2.1")]
    [InlineData("SHA384", "2.16.840.1.101.3.4.2.2")]
    [InlineData("SHA512", "2.16.840.1.101.3.4.2.3")]
    public void DigestInfo_is_what_AsnWriter_writes(string name, string oid)
    {
        var hash = new HashAlgorithmName(name);
        var digest = RandomNumberGenerator.GetBytes(KeyAlgorithms.DigestSize(hash));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(oid);
                writer.WriteNull();
            }

            writer.WriteOctetString(digest);
        }

        var written = new byte[DigestInfo.MaxSize];
        Assert.Equal(writer.Encode(), written[..DigestInfo.Write(hash, digest, written)]);
    }

    [Fact]
    public void A_key_refuses_what_does_not_fit_it()
    {
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var room = new byte[key.MaxSignatureSize];
        Assert.Throws<ArgumentException>(() => key.SignDigest(new byte[31], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, room));
        Assert.Throws<ArgumentException>(() => key.SignDigest(new byte[20], HashAlgorithmName.SHA1, SignatureScheme.Ecdsa, room));
        Assert.Throws<ArgumentException>(() => key.SignDigest(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.RsaPss, room));
        Assert.Throws<ArgumentException>(() =>
            key.SignDigest(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, room.AsSpan(1))
        );
    }
}
