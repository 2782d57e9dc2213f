using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Client;
using EContract.Grpc.Client;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;
using EContract.Proto.Tsa.V1;
using Google.Protobuf;

namespace EContract.Stories.Tests;

/// <summary>A program with its client certificate, or without one.</summary>
internal sealed class Caller : IDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly GrpcChannel _channel;

    /// <param name="callers">Folder of the callers' certificates.</param>
    /// <param name="name">Null: without a certificate.</param>
    public Caller(string callers, string address, string? name)
    {
        _certificate = name is null
            ? null
            : X509Certificate2.CreateFromPemFile(Path.Combine(callers, $"{name}.crt"), Path.Combine(callers, $"{name}.key"));
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(Path.Combine(callers, "ca.crt"));
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { ClientCertificate = _certificate, TrustedRoots = roots });
    }

    public SigningPortal Portal => new(_channel);

    public ArchiveJobs Archive => new(_channel);

    public RegistrationService.RegistrationServiceClient Registration => new(_channel);

    public CertificateAuthorityService.CertificateAuthorityServiceClient Authority => new(_channel);

    /// <summary>A time-stamp of some data.</summary>
    public Task<CreateTimestampResponse> TimestampAsync()
    {
        var request = new CreateTimestampRequest
        {
            DigestAlgorithm = DigestAlgorithm.Sha256,
            Digest = ByteString.CopyFrom(SHA256.HashData("story"u8)),
        };
        return RefusedException.TranslateAsync(() =>
            new TimestampService.TimestampServiceClient(_channel).CreateTimestampAsync(request).ResponseAsync
        );
    }

    /// <summary>Seals within a session that another node may hold.</summary>
    public Task SealAsync(SealSignRequest request) =>
        RefusedException.TranslateAsync(() => new SigningService.SigningServiceClient(_channel).SealSignAsync(request).ResponseAsync);

    public void Dispose()
    {
        _channel.Dispose();
        _certificate?.Dispose();
    }
}
