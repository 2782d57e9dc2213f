using System.Collections;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Clock;
using EContract.Hosting.Signing;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa;
using EContract.Tsa.Requests;
using EContract.Tsa.Serials;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tsp;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Store;
using Accuracy = EContract.Pki.Tsp.Accuracy;
using BouncyAlgorithm = Org.BouncyCastle.Asn1.X509.AlgorithmIdentifier;
using ContentInfo = System.Security.Cryptography.Pkcs.ContentInfo;
using TstInfo = EContract.Pki.Tsp.TstInfo;

namespace EContract.Bench.Tsa;

/// <summary>
/// From the octets of a query to the octets of a TimeStampResp with two certificates, with a signature that costs nothing: ours,
/// BouncyCastle's TSP generator, .NET's SignedCms (its signature is measured apart and taken off). SHA-256 and P-256 throughout.
/// </summary>
internal sealed class TokenBuilding : IDisposable
{
    private readonly TestHierarchy _hierarchy = new("Bench");
    private readonly SoftwareSigningKey _key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "bench");
    private readonly byte[] _signature;
    private readonly byte[] _query;
    private readonly Tsu _unit;
    private readonly SerialEpoch _epoch = new(1, 1);
    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _dotNetKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Org.BouncyCastle.X509.X509Certificate _bouncyCertificate;
    private readonly IX509Store _bouncyStore;

    public TokenBuilding()
    {
        _query = TimeStampReq.Create(SHA256.HashData("bench"u8), HashAlgorithmName.SHA256).Encode();
        _signature = new byte[72];
        int length = _key.SignDigest(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, _signature);
        _signature = _signature[..length];

        byte[] leaf = _hierarchy.IssueTsa(_key.SubjectPublicKeyInfo);
        string pem = string.Join('\n', _hierarchy.Chain(leaf).Select(c => new string(PemEncoding.Write("CERTIFICATE", c.Span))));
        var options = new TsuOptions { Name = "bench" };
        options.Policies.Add("2.999.1");
        _unit = new Tsu(options, new TrustedSystemClock(TimeProvider.System, TimeSpan.Zero))
        {
            Current = new TsuKey(
                _key,
                TsuCertificate.Load(System.Text.Encoding.ASCII.GetBytes(pem)),
                KeyAlgorithm.EcdsaP256.SignatureAlgorithm()
            ),
        };

        _certificate = X509CertificateLoader.LoadCertificate(_hierarchy.IssueTsa(_dotNetKey.ExportSubjectPublicKeyInfo()));
        _bouncyCertificate = new X509CertificateParser().ReadCertificate(leaf);
        _bouncyStore = X509StoreFactory.Create(
            "Certificate/Collection",
            new X509CollectionStoreParameters(
                new ArrayList { _bouncyCertificate, new X509CertificateParser().ReadCertificate(_hierarchy.Issuing.RawData) }
            )
        );
    }

    /// <summary>µs and allocated octets per token.</summary>
    public static (double Microseconds, double Bytes) Measure(Action build, TimeSpan duration)
    {
        for (int i = 0; i < 2000; i++)
        {
            build();
        }

        // the best of several short stretches: another process's time slice is not our cost
        double best = double.MaxValue;
        long count = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            const int stretch = 500;
            long begun = Stopwatch.GetTimestamp();
            for (int i = 0; i < stretch; i++)
            {
                build();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalMicroseconds / stretch);
            count += stretch;
        }

        return (best, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
    }

    public void Ours()
    {
        if (
            !TimeStampQuery.TryParse(_query, out TimeStampQuery query)
            || RequestCheck.Version(query) is not null
            || !_unit.TryGetPolicy(query.Policy, out ReadOnlySpan<byte> policy)
            || RequestCheck.HashAlgorithm(query, _unit, out ImprintDigest digest) is not null
            || RequestCheck.HashParameters(query) is not null
            || RequestCheck.ImprintLength(query, digest) is not null
            || RequestCheck.Extensions(query) is not null
            || !_unit.TryGetGenTime(out DateTime genTime)
        )
        {
            throw new InvalidOperationException("The query is sound.");
        }

        TokenTemplate template = _unit.Current!.Template;
        byte[] pooled = System.Buffers.ArrayPool<byte>.Shared.Rent(template.BufferSize(query));
        Span<byte> serial = stackalloc byte[SerialEpoch.Length];
        Span<byte> messageDigest = stackalloc byte[64];
        Span<byte> toBeSigned = stackalloc byte[64];
        _epoch.Next(serial);
        int length = template.Begin(pooled, query, policy, serial, genTime, _unit.Accuracy, messageDigest, toBeSigned);
        template.Complete(pooled, length, messageDigest, _signature, query.CertReq);
        System.Buffers.ArrayPool<byte>.Shared.Return(pooled);
    }

    public void BouncyCastle()
    {
        var request = new TimeStampRequest(_query);
        var generator = new TimeStampTokenGenerator(
            new SignerInfoGeneratorBuilder().Build(new FixedSignatureFactory(_signature), _bouncyCertificate),
            new Sha256Factory(),
            new DerObjectIdentifier("2.999.1"),
            false
        );
        generator.SetCertificates(_bouncyStore);
        generator.SetAccuracySeconds(1);
        new TimeStampResponseGenerator(generator, TspAlgorithms.Allowed)
            .Generate(request, BigInteger.ValueOf(_epoch.Count), DateTime.UtcNow)
            .GetEncoded();
    }

    /// <summary>What of <see cref="SignedCms"/> is the signature: it takes no key that signs for nothing.</summary>
    public void DotNetSignature() => _dotNetKey.SignHash(new byte[32]);

    public void SignedCms()
    {
        TimeStampReq request = TimeStampReq.Decode(_query);
        Span<byte> serial = stackalloc byte[SerialEpoch.Length];
        _epoch.Next(serial);
        var info = new TstInfo
        {
            Policy = "2.999.1",
            MessageImprint = request.MessageImprint,
            SerialNumber = SerialNumber.FromContent(serial),
            GenTime = TimeProvider.System.GetUtcNow(),
            Accuracy = Accuracy.FromTimeSpan(TimeSpan.FromSeconds(1)),
            Nonce = request.Nonce,
        };
        var cms = new SignedCms(new ContentInfo(new Oid(Oids.TstInfo), info.Encode()));
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, _certificate, _dotNetKey)
        {
            DigestAlgorithm = new Oid(Oids.Sha256),
            IncludeOption = X509IncludeOption.None,
        };
        signer.Certificates.Add(_certificate);
        signer.Certificates.Add(_hierarchy.Issuing);
        signer.SignedAttributes.Add(
            new AsnEncodedData(
                new Oid(Oids.SigningCertificateV2),
                Pki.Asn1.Der.Encode(writer =>
                {
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(SHA256.HashData(_certificate.RawData));
                    }
                })
            )
        );
        cms.ComputeSignature(signer);
        new TimeStampResp(new EContract.Pki.Tsp.PkiStatusInfo(EContract.Pki.Tsp.PkiStatus.Granted), cms.Encode()).Encode();
    }

    public void Dispose()
    {
        _dotNetKey.Dispose();
        _certificate.Dispose();
        _key.Dispose();
        _hierarchy.Dispose();
    }

    private sealed class FixedSignatureFactory(byte[] signature) : ISignatureFactory, IStreamCalculator, IBlockResult
    {
        public object AlgorithmDetails { get; } = new BouncyAlgorithm(new DerObjectIdentifier(Oids.EcdsaWithSha256));

        public Stream Stream => Stream.Null;

        public IStreamCalculator CreateCalculator() => this;

        public object GetResult() => this;

        public byte[] Collect() => signature;

        public int Collect(byte[] destination, int offset)
        {
            signature.CopyTo(destination, offset);
            return signature.Length;
        }
    }

    private sealed class Sha256Factory : IDigestFactory
    {
        public object AlgorithmDetails { get; } = new BouncyAlgorithm(new DerObjectIdentifier(Oids.Sha256));

        public int DigestLength => 32;

        public IStreamCalculator CreateCalculator() => new Sha256Calculator(new MemoryStream());
    }

    private sealed class Sha256Calculator(MemoryStream stream) : IStreamCalculator
    {
        public Stream Stream => stream;

        public object GetResult() => new SimpleBlockResult(DigestUtilities.CalculateDigest("SHA-256", stream.ToArray()));
    }

    private sealed class SimpleBlockResult(byte[] result) : IBlockResult
    {
        public byte[] Collect() => result;

        public int Collect(byte[] destination, int offset)
        {
            result.CopyTo(destination, offset);
            return result.Length;
        }
    }
}
