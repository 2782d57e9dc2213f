using System.Runtime.CompilerServices;
using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Proto.Signer.V1;
using EContract.Signer.Activation;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using EContract.Signer.Parties;
using EContract.Signer.Signing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>SigningService on the wire.</summary>
internal sealed class SigningEndpoint(
    DocumentStore documents,
    PartyDesk parties,
    SigningDesk desk,
    SigningCycle cycle,
    ActivationLedger ledger,
    SealSessions seals,
    SealDesk sealing,
    TimeProvider time
) : SigningService.SigningServiceBase
{
    // Below 85,000 bytes: larger arrays live until a full collection, and a large document leaves thousands of them.
    private const int ChunkSize = 64 * 1024;

    public override async Task<UploadDocumentResponse> UploadDocument(
        IAsyncStreamReader<UploadDocumentRequest> requestStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        if (!await requestStream.MoveNext(token) || requestStream.Current.PartCase != UploadDocumentRequest.PartOneofCase.Description)
        {
            throw ServiceException.Invalid("description", "The first message describes the document.");
        }

        var description = requestStream.Current.Description;
        var name = Reading.Required(description.Name, "description.name");
        var stored = await documents.AddAsync(
            context.Origin(),
            name,
            description.Size,
            PartiesOnWire.Read(description.Parties),
            PartsAsync(requestStream, token),
            upload => PdfFaults.Translate(() => PdfDocument.Open(upload)),
            token
        );
        return new UploadDocumentResponse
        {
            DocumentId = stored.Id.Value,
            Version = stored.Version,
            Size = stored.Size,
            Digest = ByteString.CopyFrom(stored.Digest),
        };
    }

    public override async Task<GetDocumentResponse> GetDocument(GetDocumentRequest request, ServerCallContext context)
    {
        var id = Reading.Id<DocumentId>(request.DocumentId, "document_id");
        var document = await documents.FindAsync(context.Origin().Caller, id, null, context.CancellationToken);
        return PartiesOnWire.Write(document, await parties.ListAsync(id, context.CancellationToken));
    }

    public override async Task<BeginSigningResponse> BeginSigning(BeginSigningRequest request, ServerCallContext context)
    {
        var (activation, otp) = await desk.BeginAsync(
            context.Origin(),
            Reading.Key(context, request.RequestId, request),
            Reading.Id<CredentialId>(request.CredentialId, "credential_id"),
            Orders.Read(request.Items),
            Reading.Language(request.Language),
            context.CancellationToken
        );
        var response = new BeginSigningResponse
        {
            ActivationId = activation.Id.Value,
            Otp = otp.ToWire(),
            ExpireTime = activation.ExpiresAt.ToTimestamp(),
        };
        response.Items.AddRange(activation.Items.Select(i => i.ToWire()));
        return response;
    }

    public override async Task<CompleteSigningResponse> CompleteSigning(CompleteSigningRequest request, ServerCallContext context)
    {
        using var pin = SecretBytes.FromText(request.Pin);
        var id = Reading.Id<ActivationId>(request.ActivationId, "activation_id");
        var done = await cycle.CompleteAsync(context.Origin(), id, request.Otp, pin, context.CancellationToken);
        var response = new CompleteSigningResponse { SignTime = done.SignedAt?.ToTimestamp() };
        response.Items.AddRange(done.Items.Select(i => i.ToSignedWire()));
        return response;
    }

    public override async Task<GetActivationResponse> GetActivation(GetActivationRequest request, ServerCallContext context)
    {
        var id = Reading.Id<ActivationId>(request.ActivationId, "activation_id");
        var activation = await ledger.LoadAsync(context.Origin(), id, context.CancellationToken);
        var response = new GetActivationResponse
        {
            ActivationId = activation.Id.Value,
            CredentialId = activation.CredentialId.Value,
            State = activation.ToWire(time.GetUtcNow()),
            ExpireTime = activation.ExpiresAt.ToTimestamp(),
            OtpAttemptsLeft = await desk.AttemptsLeftAsync(id, context.CancellationToken),
        };
        response.Items.AddRange(activation.Items.Select(i => i.ToWire()));
        return response;
    }

    public override async Task<CancelActivationResponse> CancelActivation(CancelActivationRequest request, ServerCallContext context)
    {
        await desk.CancelAsync(
            context.Origin(),
            Reading.Id<ActivationId>(request.ActivationId, "activation_id"),
            context.CancellationToken
        );
        return new CancelActivationResponse();
    }

    public override async Task GetSignedDocument(
        GetSignedDocumentRequest request,
        IServerStreamWriter<GetSignedDocumentResponse> responseStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        var id = Reading.Id<DocumentId>(request.DocumentId, "document_id");
        int? version = request.Version == 0 ? null : request.Version;
        var document = await documents.FindAsync(context.Origin().Caller, id, version, token);
        await responseStream.WriteAsync(
            new GetSignedDocumentResponse
            {
                Description = new SignedDocumentDescription
                {
                    Name = document.Name,
                    Version = document.Version,
                    Size = document.Size,
                    Digest = ByteString.CopyFrom(document.Digest),
                },
            },
            token
        );
        await foreach (var chunk in documents.ReadAsync(document, ChunkSize, token))
        {
            await responseStream.WriteAsync(new GetSignedDocumentResponse { Data = UnsafeByteOperations.UnsafeWrap(chunk) }, token);
        }
    }

    public override async Task<OpenSealSessionResponse> OpenSealSession(OpenSealSessionRequest request, ServerCallContext context)
    {
        var (call, token) = (context.Origin(), context.CancellationToken);
        if (request.ChallengeId.Length == 0)
        {
            var requestId = Reading.Required(request.RequestId, "request_id");
            var begun = await seals.BeginAsync(call, requestId, Reading.Id<CredentialId>(request.CredentialId, "credential_id"), token);
            return new OpenSealSessionResponse { ChallengeId = begun.ChallengeId.Value, Otp = begun.Otp?.ToWire() };
        }

        using var pin = SecretBytes.FromText(request.Pin);
        var opened = await seals.OpenAsync(
            call,
            Reading.Id<ChallengeId>(request.ChallengeId, "challenge_id"),
            request.Otp,
            pin,
            request.MaxSignatures,
            TimeSpan.FromMinutes(request.MaxMinutes),
            token
        );
        return new OpenSealSessionResponse
        {
            ChallengeId = opened.ChallengeId.Value,
            SessionId = opened.Session!.Id.Value,
            ExpireTime = opened.Session.ExpiresAt.ToTimestamp(),
            SignaturesLeft = opened.Session.SignaturesLeft,
        };
    }

    public override async Task<SealSignResponse> SealSign(SealSignRequest request, ServerCallContext context)
    {
        var result = await sealing.SignAsync(
            context.Origin(),
            Reading.Key(context, request.RequestId, request),
            Reading.Id<SealSessionId>(request.SessionId, "session_id"),
            Orders.Read(request.Items),
            context.CancellationToken
        );
        var response = new SealSignResponse { SignaturesLeft = result.SignaturesLeft };
        response.Items.AddRange(result.Items.Select(i => i.ToWire()));
        return response;
    }

    public override async Task<CloseSealSessionResponse> CloseSealSession(CloseSealSessionRequest request, ServerCallContext context)
    {
        await seals.CloseAsync(context.Origin(), Reading.Id<SealSessionId>(request.SessionId, "session_id"), context.CancellationToken);
        return new CloseSealSessionResponse();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync(
        IAsyncStreamReader<UploadDocumentRequest> stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (await stream.MoveNext(cancellationToken))
        {
            yield return stream.Current.PartCase == UploadDocumentRequest.PartOneofCase.Data
                ? stream.Current.Data.Memory
                : throw ServiceException.Invalid("data", "After the description come the document's bytes.");
        }
    }
}
