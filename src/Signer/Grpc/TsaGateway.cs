using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.Proto.Tsa.V1;
using EContract.Signer.Signing;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>The time-stamp role over gRPC.</summary>
internal sealed class TsaGateway(TimestampService.TimestampServiceClient client, SignerOptions settings, TimeProvider time)
    : ITimestampAuthority
{
    private const int NonceLength = 16;

    // A token's size varies with its serial number, its fraction of a second and the length of its ECDSA signature.
    private const int Slack = 128;

    // A rotated certificate may be larger.
    private static readonly TimeSpan SizeAge = TimeSpan.FromMinutes(10);

    private sealed record KnownSize(int Size, long At);

    private KnownSize? _size; // replaced as a whole

    public async Task<byte[]> StampAsync(HashAlgorithmName hash, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        // RFC 3161 §2.4.1: an INTEGER; without a leading zero it comes back octet for octet.
        nonce[0] = (byte)((nonce[0] & 0x7F) | 0x40);
        var request = new CreateTimestampRequest
        {
            DigestAlgorithm = hash.Name switch
            {
                "SHA256" => DigestAlgorithm.Sha256,
                "SHA384" => DigestAlgorithm.Sha384,
                _ => DigestAlgorithm.Sha512,
            },
            Digest = ByteString.CopyFrom(digest.Span),
            Nonce = ByteString.CopyFrom(nonce),
            IncludeCertificates = true,
        };
        var deadline = time.GetUtcNow().UtcDateTime + settings.Signing.TimestampDeadline;
        try
        {
            using var call = client.CreateTimestampAsync(
                request,
                new CallOptions(deadline: deadline, cancellationToken: cancellationToken)
            );
            var token = (await call).Token.ToByteArray();
            Require(token, hash, digest, nonce);
            return token;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Unavailable($"{e.StatusCode}: {e.Status.Detail}", e);
        }
        catch (MalformedException e)
        {
            throw Unavailable("Its answer is not a time-stamp token.", e);
        }
    }

    public async Task<int> TokenSizeAsync(CancellationToken cancellationToken)
    {
        if (_size is { } known && time.GetElapsedTime(known.At) < SizeAge)
        {
            return known.Size;
        }

        var token = await StampAsync(HashAlgorithmName.SHA512, new byte[SHA512.HashSizeInBytes], cancellationToken);
        _size = new KnownSize(token.Length + Slack, time.GetTimestamp());
        return token.Length + Slack;
    }

    private static void Require(byte[] token, HashAlgorithmName hash, ReadOnlyMemory<byte> digest, byte[] nonce)
    {
        var info = TimeStampToken.Decode(token).TstInfo;
        var sameImprint =
            info.MessageImprint.HashAlgorithm.Oid == HashAlgorithms.ToOid(hash)
            && info.MessageImprint.HashedMessage.Span.SequenceEqual(digest.Span);
        if (!sameImprint || info.Nonce is not { } echoed || !echoed.Span.SequenceEqual(nonce))
        {
            throw Unavailable("Its token is for another request.", null);
        }
    }

    private static ServiceException Unavailable(string why, Exception? cause) =>
        new(Fault.TsaUnavailable, $"The time-stamp authority gives no time-stamp. {why}", cause: cause)
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };
}
