using EContract.Grpc.InProcess;
using EContract.Hosting.Errors;
using EContract.Proto.Validation.V1;
using EContract.Validation.Grpc;
using EContract.Validation.Online;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using Options = EContract.Proto.Validation.V1.Options;

namespace EContract.Validation.Tests.Grpc;

/// <summary>ValidationService through generated code and messages, without sockets.</summary>
public sealed class ValidationServiceTests : IDisposable
{
    private readonly SigningWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_document_in_parts_is_judged_and_told_in_both_ways()
    {
        // Everything that the verdict needs is in the document.
        var document = _world.Preserve(_world.SignPdf(SmallPdf.Write()), "Test TSU", _world.Signer);
        var wanted = new Options
        {
            IncludeText = true,
            IncludeHtml = true,
            Language = Language.English,
        };
        var answer = await Send(new DocumentDescription { Name = "contract.pdf", Options = wanted }, document, 1000);
        Assert.Equal(Indication.TotalPassed, answer.Report.Conclusion.Indication);
        Assert.Equal(["signature-1", "document-time-stamp-1"], answer.Report.Signatures.Select(s => s.Id));
        Assert.Equal("contract.pdf", answer.Report.Name);
        Assert.Contains("Verdict: valid", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detached_signature_comes_with_its_content()
    {
        var signature = _world.Sign("契約"u8.ToArray()).Encode();
        var answer = await Send(new DocumentDescription(), signature, 500, "契約"u8.ToArray());
        // Whose status nobody tells.
        Assert.Equal("TRY_LATER", answer.Report.Conclusion.SubIndication);
        answer = await Send(new DocumentDescription(), signature, 500, "別の契約"u8.ToArray());
        Assert.Equal("HASH_FAILURE", answer.Report.Conclusion.SubIndication);
    }

    [Fact]
    public async Task A_certificate_and_a_token_are_judged()
    {
        var service = Client();
        var request = new ValidateCertificateRequest { Certificate = ByteString.CopyFrom(_world.Signer) };
        request.Certificates.Add(ByteString.CopyFrom(_world.Hierarchy.Issuing.RawData));
        request.Crls.Add(ByteString.CopyFrom(_world.Crl()));
        request.Crls.Add(ByteString.CopyFrom(_world.RootCrl()));
        var certificate = await service.ValidateCertificateAsync(request);
        Assert.Equal(Indication.TotalPassed, certificate.Report.Conclusion.Indication);
        Assert.Equal(2, certificate.Report.Certificate.Chain.Count);

        var digest = System.Security.Cryptography.SHA256.HashData([1]);
        var token = await service.ValidateTokenAsync(
            new ValidateTokenRequest
            {
                Token = ByteString.CopyFrom(_world.Stamp(digest)),
                ContentDigest = new Digest { Algorithm = "SHA256", Value = ByteString.CopyFrom(digest) },
            }
        );
        Assert.Equal("TRY_LATER", token.Report.Conclusion.SubIndication);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused_with_its_reason()
    {
        await Refused(Fault.InvalidArgument, () => Send(null, [1, 2, 3], 10));
        await Refused(Fault.InvalidArgument, () => Send(new DocumentDescription(), [], 10));
        await Refused(Fault.DocumentTooLarge, () => Send(new DocumentDescription(), new byte[2_000_000], 100_000));
        await Refused(Fault.FetchForbidden, () => Send(new DocumentDescription { Options = new Options { Online = true } }, [1], 10));
        var digest = new DocumentDescription
        {
            ContentDigest = new Digest { Algorithm = "SHA256", Value = ByteString.CopyFrom(1) },
        };
        await Refused(Fault.InvalidArgument, () => Send(digest, [1], 10));
    }

    [Fact]
    public async Task The_time_is_the_callers_if_he_names_one()
    {
        var document = _world.SignPdf(SmallPdf.Write());
        var options = new Options { Time = Timestamp.FromDateTimeOffset(SigningWorld.Start.AddYears(5)) };
        var answer = await Send(new DocumentDescription { Options = options }, document, 1000);
        Assert.Equal("OUT_OF_BOUNDS_NO_POE", answer.Report.Conclusion.SubIndication);
    }

    private static async Task Refused(Fault fault, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<ServiceException>(call);
        Assert.Equal(fault, refusal.Fault);
    }

    private async Task<ValidateDocumentResponse> Send(DocumentDescription? description, byte[] document, int part, byte[]? content = null)
    {
        var messages = new List<ValidateDocumentRequest>();
        if (description is not null)
        {
            messages.Add(new ValidateDocumentRequest { Description = description });
        }

        messages.AddRange(document.Chunk(part).Select(bytes => new ValidateDocumentRequest { Data = ByteString.CopyFrom(bytes) }));
        if (content is not null)
        {
            messages.Add(new ValidateDocumentRequest { Content = ByteString.CopyFrom(content) });
        }

        return await Endpoint().ValidateDocument(new Messages(messages), new Call());
    }

    private ValidationService.ValidationServiceClient Client() =>
        new(new InProcessServer().AddService(Endpoint()).CreateChannel(new InProcessCaller("portal")));

    private ValidationEndpoint Endpoint()
    {
        var options = Microsoft.Extensions.Options.Options.Create(new ValidationOptions { MaxDocumentSize = 1_000_000 });
        return new ValidationEndpoint(
            _world.Policy,
            options,
            new Fetcher(options.Value.Online, _world.Clock),
            new DocumentGate(options),
            _world.Clock
        );
    }

    private sealed class Messages(List<ValidateDocumentRequest> messages) : IAsyncStreamReader<ValidateDocumentRequest>
    {
        private int _next = -1;

        public ValidateDocumentRequest Current => messages[_next];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++_next < messages.Count);
    }

    private sealed class Call : ServerCallContext
    {
        protected override string MethodCore => "ValidateDocument";

        protected override string HostCore => "localhost";

        protected override string PeerCore => "test";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => TestContext.Current.CancellationToken;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new("", []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
