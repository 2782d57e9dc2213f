using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.Proto.Tsa.V1;
using EContract.Tsa.Requests;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Tsa.Grpc;

/// <summary>The authority over gRPC, with every unit: the same checks, the same tokens as over HTTP.</summary>
internal sealed class TimestampApi(TimestampAuthority authority, TsuDirectory directory) : TimestampService.TimestampServiceBase
{
    // A digest and a nonce of any sense are far below this; a query is bounded by the runtime's message size.
    private const int MaxNonce = 512;

    public override async Task<TimestampResponse> Timestamp(TimestampRequest request, ServerCallContext context)
    {
        using TimestampAnswer answer = await authority.AnswerAsync(request.Query.Memory, directory.All, context.CancellationToken);
        return new TimestampResponse { Reply = ByteString.CopyFrom(answer.Encoded.Span) };
    }

    public override async Task<CreateTimestampResponse> CreateTimestamp(CreateTimestampRequest request, ServerCallContext context)
    {
        byte[] query = ToQuery(request).Encode();
        using TimestampAnswer answer = await authority.AnswerAsync(query, directory.All, context.CancellationToken);
        if (answer.Refusal is { } refusal)
        {
            throw Refuse(refusal);
        }

        ReadOnlyMemory<byte> encoded = TimeStampResp.Decode(answer.Encoded).TimeStampToken!.Value;
        var info = TimeStampToken.Decode(encoded).TstInfo;
        return new CreateTimestampResponse
        {
            Token = ByteString.CopyFrom(encoded.Span),
            GenTime = info.GenTime.ToTimestamp(),
            Accuracy = info.Accuracy!.ToTimeSpan().ToDuration(),
            SerialNumber = ByteString.CopyFrom(info.SerialNumber.Content.Span),
            Policy = info.Policy,
        };
    }

    private static TimeStampReq ToQuery(CreateTimestampRequest request)
    {
        AlgorithmIdentifier algorithm = new(
            request.DigestAlgorithm switch
            {
                DigestAlgorithm.Sha256 => Oids.Sha256,
                DigestAlgorithm.Sha384 => Oids.Sha384,
                DigestAlgorithm.Sha512 => Oids.Sha512,
                _ => throw ServiceException.Invalid("digest_algorithm", "must be SHA-256, SHA-384 or SHA-512"),
            }
        );
        if (request.Nonce.Length > MaxNonce)
        {
            throw ServiceException.Invalid("nonce", $"must have at most {MaxNonce} octets");
        }

        if (request.Policy.Length > 0 && !PolicyOid.IsWellFormed(request.Policy))
        {
            throw ServiceException.Invalid("policy", "must be a dotted object identifier");
        }

        return new TimeStampReq
        {
            MessageImprint = new MessageImprint(algorithm, request.Digest.Memory),
            ReqPolicy = request.Policy.Length > 0 ? request.Policy : null,
            Nonce = request.Nonce.Length > 0 ? SerialNumber.FromUnsigned(request.Nonce.Span).Content : default(ReadOnlyMemory<byte>?),
            CertReq = request.IncludeCertificates,
        };
    }

    private static ServiceException Refuse(Refusal refusal)
    {
        Fault fault = refusal switch
        {
            _ when refusal == Refusal.Policy => Fault.TimestampPolicyUnknown,
            _ when refusal == Refusal.Time => Fault.TimeNotAvailable,
            _ when refusal == Refusal.Overload => Fault.Overloaded,
            _ when refusal == Refusal.ImprintLength => Fault.DigestInvalid,
            _ when refusal == Refusal.Failure => Fault.TsaUnavailable,
            _ => Fault.TimestampRefused,
        };
        return new ServiceException(fault, refusal.Status.StatusString!, ("pki_failure_info", refusal.FailureName));
    }
}
