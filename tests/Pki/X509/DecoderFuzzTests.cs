using System.Security.Cryptography;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Pki.X509.Lint;
using EContract.Pki.X509.Lint.Rules;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.X509;

/// <summary>
/// Every decoder of X.509, CRL, OCSP and PKCS#10 on mutated real messages. Invariants: it throws nothing but
/// <see cref="MalformedException"/>, and what it accepts encodes to the same octets again.
/// </summary>
public sealed class DecoderFuzzTests
{
    private const int Runs = 1500;

    private static readonly X509Samples Samples = new();

    public static TheoryData<string> Decoders => [.. Targets.Keys];

    /// <summary>Decoder → (a valid input, decode and encode again; null where the type keeps its octets).</summary>
    private static readonly Dictionary<string, (byte[] Seed, Func<byte[], byte[]?> RoundTrip)> Targets = new()
    {
        ["Certificate"] = (Samples.Leaf, CertificateAgain),
        ["CertificateRevocationList"] = (
            Samples.Crl,
            b =>
            {
                _ = CertificateRevocationList.Decode(b).ReadEntries().Count();
                return null;
            }
        ),
        ["OcspRequest"] = (
            Samples.OcspRequest,
            b =>
            {
                try
                {
                    _ = OcspRequest.Decode(b).ReadNonce();
                }
                catch (MalformedException) { }

                _ = OcspRequest.Decode(b);
                return null;
            }
        ),
        ["OcspResponse"] = (
            Samples.OcspResponse,
            b => OcspResponse.Decode(b).Basic is { } basic ? Again(basic.Data.Encode, basic.Signed.ToBeSigned) : null
        ),
        ["CertificationRequest"] = (
            Samples.Request,
            b =>
            {
                _ = CertificationRequest.Decode(b).ProvesPossession();
                return null;
            }
        ),
        ["DistinguishedName"] = (
            Samples.Name.Encoded.ToArray(),
            b => DistinguishedName.Of(DistinguishedName.Decode(b).Rdns).Encoded.ToArray()
        ),
        ["BasicConstraints"] = (
            new BasicConstraints(true, 3).ToExtension().Value.ToArray(),
            b => BasicConstraints.Decode(b).ToExtension().Value.ToArray()
        ),
        ["KeyUsage"] = (
            new KeyUsage(KeyUsages.NonRepudiation | KeyUsages.DecipherOnly).ToExtension().Value.ToArray(),
            b =>
            {
                _ = KeyUsage.Decode(b);
                return null;
            }
        ),
        ["ExtendedKeyUsage"] = (
            new ExtendedKeyUsage([Oids.OcspSigning, Oids.TimeStamping]).ToExtension(true).Value.ToArray(),
            b => ExtendedKeyUsage.Decode(b).ToExtension(false).Value.ToArray()
        ),
        ["AuthorityKeyIdentifier"] = (
            new AuthorityKeyIdentifier(new byte[20], [GeneralName.Directory(Samples.Name)], SerialNumber.FromUnsigned(5))
                .ToExtension()
                .Value.ToArray(),
            b => AuthorityKeyIdentifier.Decode(b).ToExtension().Value.ToArray()
        ),
        ["SubjectAltName"] = (
            new SubjectAltName([
                GeneralName.Email("a@b.jp"),
                GeneralName.Dns("a.jp"),
                GeneralName.Ip(System.Net.IPAddress.Loopback),
                GeneralName.Other("1.2.3", "山田"),
                GeneralName.Directory(Samples.Name),
            ])
                .ToExtension()
                .Value.ToArray(),
            b => SubjectAltName.Decode(b).ToExtension().Value.ToArray()
        ),
        ["CertificatePolicies"] = (
            new CertificatePolicies([new("1.2.3", "http://a/cps"), new("1.2.4")]).ToExtension().Value.ToArray(),
            b =>
            {
                _ = CertificatePolicies.Decode(b);
                return null;
            }
        ),
        ["CrlDistributionPoints"] = (
            new CrlDistributionPoints([DistributionPoint.At("http://a/b.crl")]).ToExtension().Value.ToArray(),
            b =>
            {
                _ = CrlDistributionPoints.Decode(b);
                return null;
            }
        ),
        ["IssuingDistributionPoint"] = (
            new IssuingDistributionPoint([GeneralName.Uri("http://a/b.crl")], OnlyContainsUserCerts: true).ToExtension().Value.ToArray(),
            b =>
            {
                _ = IssuingDistributionPoint.Decode(b);
                return null;
            }
        ),
        ["AuthorityInfoAccess"] = (
            new AuthorityInfoAccess([(Oids.AccessMethodOcsp, GeneralName.Uri("http://a"))]).ToExtension().Value.ToArray(),
            b => AuthorityInfoAccess.Decode(b).ToExtension().Value.ToArray()
        ),
        ["QcStatements"] = (
            new QcStatements([("0.4.0.1862.1.1", null), ("0.4.0.1862.1.6", new byte[] { 0x05, 0x00 })]).ToExtension().Value.ToArray(),
            b => QcStatements.Decode(b).ToExtension().Value.ToArray()
        ),
    };

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Only_MalformedException_and_what_is_accepted_encodes_identically(string decoder)
    {
        var (seed, roundTrip) = Targets[decoder];
        Assert.True(roundTrip(seed) is null || roundTrip(seed)!.Length > 0);
        var mutations = Gen.Choose(0, int.MaxValue - 1).Select(random => Mutate(seed, new Random(random)));
        Prop.ForAll(
                mutations.ToArbitrary(),
                input =>
                {
                    try
                    {
                        _ = roundTrip(input);
                        return true;
                    }
                    catch (MalformedException e)
                    {
                        return e.Clause.Length > 0;
                    }
                }
            )
            .Check(PropertyRuns.Of(Runs));
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void A_truncated_or_extended_message_is_malformed(string decoder)
    {
        var (seed, roundTrip) = Targets[decoder];
        for (var length = 0; length < seed.Length; length++)
        {
            Assert.Throws<MalformedException>(() => roundTrip(seed[..length]));
        }

        Assert.Throws<MalformedException>(() => roundTrip([.. seed, 0]));
    }

    [Fact]
    public void The_linter_never_throws()
    {
        var issuer = Certificate.Decode(Samples.Authority);
        var random = new Random(7);
        for (var i = 0; i < Runs; i++)
        {
            _ = CertificateLinter.Lint(Mutate(Samples.Leaf, random), issuer);
        }

        Assert.Empty(CertificateLinter.Lint(Samples.Leaf, issuer));
    }

    [Fact]
    public void Any_flipped_bit_breaks_the_signature()
    {
        var key = Certificate.Decode(Samples.Authority).Tbs.SubjectPublicKeyInfo;
        Prop.ForAll(
                Gen.Choose(0, (Samples.Leaf.Length * 8) - 1).ToArbitrary(),
                bit =>
                {
                    var flipped = (byte[])Samples.Leaf.Clone();
                    flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                    try
                    {
                        return !Certificate.Decode(flipped).IsSignedBy(key);
                    }
                    catch (MalformedException)
                    {
                        return true;
                    }
                }
            )
            .Check(PropertyRuns.Of(Runs));
    }

    // Foreign certificates may write a time before 2050 as GeneralizedTime (PKITS 4.2.4): read, but the linter lets us never issue it.
    private static byte[]? CertificateAgain(byte[] encoded)
    {
        var certificate = Certificate.Decode(encoded);
        var isDer = !new EncodingIsDer().Check(new CertificateUnderLint(certificate, null)).Any();
        return isDer ? Again(certificate.Tbs.Encode, certificate.Signed.ToBeSigned) : null;
    }

    private static byte[]? Again(Action<System.Formats.Asn1.AsnWriter> encode, ReadOnlyMemory<byte> original)
    {
        var again = Asn1.Der.Encode(encode);
        return again.AsSpan().SequenceEqual(original.Span)
            ? again
            : throw new InvalidOperationException(
                $"accepted {Convert.ToHexString(original.Span)} but encodes {Convert.ToHexString(again)}"
            );
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes[at] = new byte[] { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x7F, 0x80, 0x84, 0xA0, 0xFF }[
                        random.Next(13)
                    ];
                    break;
            }
        }

        return [.. bytes];
    }
}
