using System.Security.Cryptography;
using EContract.Grpc.InProcess;
using EContract.Hosting.Errors;
using EContract.Pki.Tsp;
using EContract.Proto.Tsa.V1;
using EContract.Tsa.Grpc;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Tsa.Tests.Grpc;

[Collection("tsa")]
public sealed class TimestampServiceTests(TsaFixture fixture)
{
    private static readonly byte[] Digest = SHA256.HashData("契約"u8);
    private readonly TsaHost _host = fixture.Host;

    [Fact]
    public async Task A_query_is_answered_as_over_HTTP()
    {
        TimeStampReq query = TimeStampReq.Create(Digest, HashAlgorithmName.SHA256, TsaHost.Policy("p384"));
        TimestampResponse response = await Api().Timestamp(new TimestampRequest { Query = ByteString.CopyFrom(query.Encode()) }, Context);
        TstInfo info = TimeStampToken.Decode(TimeStampResp.Decode(response.Reply.Memory).TimeStampToken!.Value).TstInfo;
        Assert.Equal(query.MessageImprint, info.MessageImprint);
        Assert.Equal(TsaHost.Policy("p384"), info.Policy);
    }

    [Fact]
    public async Task A_protocol_refusal_is_an_answer()
    {
        TimestampResponse response = await Api().Timestamp(new TimestampRequest { Query = ByteString.CopyFromUtf8("?") }, Context);
        Assert.Equal(PkiFailureInfo.BadDataFormat, TimeStampResp.Decode(response.Reply.Memory).Status.FailInfo);
    }

    [Fact]
    public async Task A_typed_call_gives_token_and_facts()
    {
        CreateTimestampResponse response = await Api()
            .CreateTimestamp(
                new CreateTimestampRequest
                {
                    DigestAlgorithm = DigestAlgorithm.Sha256,
                    Digest = ByteString.CopyFrom(Digest),
                    Nonce = ByteString.CopyFrom(0xFF, 1),
                    IncludeCertificates = true,
                },
                Context
            );
        var token = TimeStampToken.Decode(response.Token.Memory);
        Assert.Equal(token.TstInfo.GenTime, response.GenTime.ToDateTimeOffset());
        Assert.Equal(TimeSpan.FromSeconds(1), response.Accuracy.ToTimeSpan());
        Assert.Equal(token.TstInfo.SerialNumber.Content.ToArray(), response.SerialNumber.ToByteArray());
        Assert.Equal(TsaHost.Policy("p256"), response.Policy);
        Assert.Equal([0, 0xFF, 1], token.TstInfo.Nonce!.Value.ToArray());
        Assert.Equal(2, token.SignedData.Certificates.Count);
    }

    public static TheoryData<CreateTimestampRequest, Fault> Refused =>
        new()
        {
            {
                new CreateTimestampRequest { Digest = ByteString.CopyFrom(Digest) },
                Fault.InvalidArgument
            },
            {
                new CreateTimestampRequest { DigestAlgorithm = DigestAlgorithm.Sha384, Digest = ByteString.CopyFrom(Digest) },
                Fault.DigestInvalid
            },
            {
                new CreateTimestampRequest
                {
                    DigestAlgorithm = DigestAlgorithm.Sha256,
                    Digest = ByteString.CopyFrom(Digest),
                    Policy = "1.2.3",
                },
                Fault.TimestampPolicyUnknown
            },
            {
                new CreateTimestampRequest
                {
                    DigestAlgorithm = DigestAlgorithm.Sha256,
                    Digest = ByteString.CopyFrom(Digest),
                    Policy = "policy",
                },
                Fault.InvalidArgument
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_typed_call_is_refused_with_its_reason(CreateTimestampRequest request, Fault fault)
    {
        ServiceException refused = await Assert.ThrowsAsync<ServiceException>(() => Api().CreateTimestamp(request, Context));
        Assert.Equal(fault, refused.Fault);
    }

    [Fact]
    public async Task Other_roles_call_it_in_process()
    {
        var server = new InProcessServer();
        server.ServeInProcess(_host.Services);
        using InProcessChannel channel = server.CreateChannel(new InProcessCaller("signer"));
        var client = new TimestampService.TimestampServiceClient(channel);
        TimestampResponse response = await client.TimestampAsync(
            new TimestampRequest { Query = ByteString.CopyFrom(TimeStampReq.Create(Digest, HashAlgorithmName.SHA256).Encode()) },
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(PkiStatus.Granted, TimeStampResp.Decode(response.Reply.Memory).Status.Status);
    }

    [Fact]
    public void Every_method_of_the_service_has_a_rule() =>
        Assert.Equal(
            TimestampService.Descriptor.Methods.Select(m => $"/{TimestampService.Descriptor.FullName}/{m.Name}").Order(),
            TsaRole.Policy.Methods.Order()
        );

    private static ServerCallContext Context => new CallContext();

    private TimestampApi Api() => ActivatorUtilities.CreateInstance<TimestampApi>(_host.Services);

    private sealed class CallContext : ServerCallContext
    {
        protected override string MethodCore => "/econtract.tsa.v1.TimestampService/Timestamp";
        protected override string HostCore => "";
        protected override string PeerCore => "";
        protected override DateTime DeadlineCore => DateTime.MaxValue;
        protected override Metadata RequestHeadersCore => [];
        protected override CancellationToken CancellationTokenCore => TestContext.Current.CancellationToken;
        protected override Metadata ResponseTrailersCore => [];
        protected override Status StatusCore { get; set; }
        protected override WriteOptions? WriteOptionsCore { get; set; }
        protected override AuthContext AuthContextCore => new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
