using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Signer.Signing;
using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>Real RFC 3161 tokens from a software key; an outage is a switch.</summary>
public sealed class FakeTsa : ITimestampAuthority, IDisposable
{
    private readonly TestKey _key = TestKey.P256();
    private readonly CadesSigner _signer;
    private readonly TimeProvider _time;
    private int _tokens; // by Interlocked

    /// <param name="validity">Of the unit's certificate; null: one year.</param>
    public FakeTsa(TestHierarchy hierarchy, TimeProvider? time = null, TimeSpan? validity = null)
    {
        _time = time ?? TimeProvider.System;
        Certificate = hierarchy.IssueTsa(_key.SubjectPublicKeyInfo, validity: validity);
        _signer = new CadesSigner(hierarchy.Chain(Certificate), SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256));
    }

    /// <summary>The unit's.</summary>
    public byte[] Certificate { get; }

    public bool Down { get; set; }

    public int Tokens => _tokens;

    /// <summary>Awaited by each request for a token; null: answered at once.</summary>
    public Func<HashAlgorithmName, Task>? Before { get; set; }

    public async Task<byte[]> StampAsync(HashAlgorithmName hash, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            await before(hash);
        }

        return Stamp(hash, digest);
    }

    public Task<int> TokenSizeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Stamp(HashAlgorithmName.SHA512, new byte[SHA512.HashSizeInBytes]).Length + 64);

    public void Dispose() => _key.Dispose();

    private byte[] Stamp(HashAlgorithmName hash, ReadOnlyMemory<byte> digest)
    {
        if (Down)
        {
            throw new ServiceException(Fault.TsaUnavailable, "The test has switched the TSA off.");
        }

        Interlocked.Increment(ref _tokens);
        var info = new TstInfo
        {
            Policy = "1.3.6.1.4.1.99999.1",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(hash), digest),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = _time.GetUtcNow(),
        };
        var prepared = _signer.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
        return prepared.Complete(_key.SignDigest(prepared.Digest, prepared.Algorithm)).Encode();
    }
}
