using System.Runtime.CompilerServices;
using EContract.Hosting.Errors;
using EContract.Proto.Ca.V1;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>The CA role over gRPC.</summary>
internal sealed class CaGateway(CertificateAuthorityService.CertificateAuthorityServiceClient client, TimeProvider time)
    : ICertificateAuthority
{
    public async Task<IssuedCertificate> IssueAsync(
        string requestId,
        CertificateApplicationId application,
        byte[] certificationRequest,
        byte[] enrollmentProof,
        CancellationToken cancellationToken
    )
    {
        var request = new IssueCertificateRequest
        {
            RequestId = requestId,
            ApplicationId = application.Value,
            CertificationRequest = ByteString.CopyFrom(certificationRequest),
            EnrollmentProof = ByteString.CopyFrom(enrollmentProof),
        };
        var response = await Remote.CallAsync(
            Fault.CaUnavailable,
            options => client.IssueCertificateAsync(request, options),
            time,
            cancellationToken
        );
        var certificate = response.Certificate;
        return new IssuedCertificate(
            certificate.SerialNumber,
            certificate.Certificate_.ToByteArray(),
            [.. certificate.Chain.Select(c => c.ToByteArray())],
            certificate.Subject,
            certificate.NotAfter.ToDateTimeOffset()
        );
    }

    public async Task<CertificateStanding> GetStandingAsync(string serialNumber, CancellationToken cancellationToken)
    {
        var request = new GetCertificateRequest { SerialNumber = serialNumber };
        var response = await Remote.CallAsync(
            Fault.CaUnavailable,
            options => client.GetCertificateAsync(request, options),
            time,
            cancellationToken
        );
        return Standing(response.Certificate.Status);
    }

    public async Task SupersedeAsync(string requestId, string serialNumber, string explanation, CancellationToken cancellationToken)
    {
        if (await GetStandingAsync(serialNumber, cancellationToken) == CertificateStanding.Revoked)
        {
            return;
        }

        var request = new RevokeCertificateRequest
        {
            RequestId = requestId,
            SerialNumber = serialNumber,
            Reason = "superseded",
            Explanation = explanation,
        };
        await Remote.CallAsync(Fault.CaUnavailable, options => client.RevokeCertificateAsync(request, options), time, cancellationToken);
    }

    public async IAsyncEnumerable<StandingChange> WatchAsync(string cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = client.WatchStatus(new WatchStatusRequest { Cursor = cursor }, cancellationToken: cancellationToken);
        await foreach (var change in Remote.ReadAsync(Fault.CaUnavailable, call.ResponseStream, cancellationToken))
        {
            yield return new StandingChange(change.Cursor, change.SerialNumber, Standing(change.Status), change.Reason);
        }
    }

    private static CertificateStanding Standing(CertificateStatus status) =>
        status switch
        {
            CertificateStatus.Good => CertificateStanding.Good,
            CertificateStatus.OnHold => CertificateStanding.OnHold,
            CertificateStatus.Expired => CertificateStanding.Expired,
            // Whatever else it may come to mean: not good.
            _ => CertificateStanding.Revoked,
        };
}
