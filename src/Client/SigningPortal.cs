using System.Security.Cryptography;
using EContract.Proto.Signer.V1;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Client;

/// <summary>
/// What a bank's portal does with the Signer, without the plumbing: documents as streams, request ids, and PDFs that are prepared and
/// completed here so that only their digests travel. Thread-safe. Refusals are <see cref="RefusedException"/> with a stable reason.
/// </summary>
public sealed class SigningPortal
{
    // Below 85,000 bytes: larger arrays live until a full collection, here and at the Signer.
    private const int ChunkSize = 64 * 1024;

    private readonly SigningService.SigningServiceClient _signing;

    public SigningPortal(ChannelBase channel)
        : this(channel.CreateCallInvoker()) { }

    public SigningPortal(CallInvoker invoker)
    {
        _signing = new SigningService.SigningServiceClient(invoker);
        Enrollment = new EnrollmentPortal(new EnrollmentService.EnrollmentServiceClient(invoker));
    }

    /// <summary>Keys and certificates of subscribers.</summary>
    public EnrollmentPortal Enrollment { get; }

    /// <summary>Stores a PDF at the Signer. Memory holds one chunk of it at a time.</summary>
    /// <param name="name">As the subscriber's message shows it.</param>
    /// <param name="document">Read from its position to its end.</param>
    /// <param name="parties">Who signs, in order (R8); null: whoever the portal brings.</param>
    public Task<UploadDocumentResponse> UploadAsync(
        string name,
        Stream document,
        IEnumerable<Party>? parties = null,
        CancellationToken cancellationToken = default
    ) =>
        RefusedException.TranslateAsync(async () =>
        {
            using var call = _signing.UploadDocument(cancellationToken: cancellationToken);
            var description = new DocumentDescription { Name = name, Size = document.CanSeek ? document.Length - document.Position : 0 };
            description.Parties.AddRange(parties ?? []);
            try
            {
                await call.RequestStream.WriteAsync(new UploadDocumentRequest { Description = description }, cancellationToken);
                await foreach (var chunk in ChunksAsync(document, cancellationToken))
                {
                    await call.RequestStream.WriteAsync(new UploadDocumentRequest { Data = chunk }, cancellationToken);
                }

                await call.RequestStream.CompleteAsync();
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // The server has answered before the end; its answer says why.
                return await call.ResponseAsync;
            }

            return await call.ResponseAsync;
        });

    /// <summary>The newest version of a document, who has signed it, and whose turn it is.</summary>
    public Task<GetDocumentResponse> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) =>
        RefusedException.TranslateAsync(() =>
            _signing
                .GetDocumentAsync(new GetDocumentRequest { DocumentId = documentId }, cancellationToken: cancellationToken)
                .ResponseAsync
        );

    /// <summary>Fetches a document, checks its digest, and returns its description.</summary>
    /// <param name="version">0: the newest.</param>
    /// <param name="destination">Gets the document's bytes in order.</param>
    /// <exception cref="InvalidDataException">What came is not what the description says.</exception>
    public Task<SignedDocumentDescription> DownloadAsync(
        string documentId,
        Stream destination,
        int version = 0,
        CancellationToken cancellationToken = default
    ) =>
        RefusedException.TranslateAsync(async () =>
        {
            var request = new GetSignedDocumentRequest { DocumentId = documentId, Version = version };
            using var call = _signing.GetSignedDocument(request, cancellationToken: cancellationToken);
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            SignedDocumentDescription? description = null;
            long size = 0;
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var part = call.ResponseStream.Current;
                description ??= part.Description;
                sha.AppendData(part.Data.Span);
                size += part.Data.Length;
                await destination.WriteAsync(part.Data.Memory, cancellationToken);
            }

            return
                description is not null && description.Size == size && sha.GetHashAndReset().AsSpan().SequenceEqual(description.Digest.Span)
                ? description
                : throw new InvalidDataException("The document did not arrive as it was described.");
        });

    /// <summary>Begins a signing of documents at the Signer or of digests; the subscriber gets his one-time password.</summary>
    /// <param name="language">Of the message: <c>ja</c> or <c>en</c>.</param>
    /// <param name="requestId">Repeat a call whose answer was lost with the same id; null: a fresh one.</param>
    public Task<BeginSigningResponse> BeginAsync(
        string credentialId,
        IEnumerable<SignatureItem> items,
        string language = "ja",
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new BeginSigningRequest
        {
            RequestId = requestId ?? RequestIds.New(),
            CredentialId = credentialId,
            Language = language,
        };
        request.Items.AddRange(items);
        return RefusedException.TranslateAsync(() =>
            _signing.BeginSigningAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
    }

    /// <summary>
    /// Begins a signing of a PDF that stays here: it is prepared locally, and only its digest goes to the Signer. The result of
    /// <see cref="CompleteAsync"/> is put into it by <see cref="LocalPdf.WriteSignedAsync"/>.
    /// </summary>
    public async Task<(BeginSigningResponse Begun, LocalPdf Pdf)> BeginLocalAsync(
        string credentialId,
        LocalPdfOrder order,
        string language = "ja",
        CancellationToken cancellationToken = default
    )
    {
        var pdf = LocalPdf.Prepare(order, cancellationToken);
        return (await BeginAsync(credentialId, [pdf.Item], language, null, cancellationToken), pdf);
    }

    /// <summary>Completes an activation with the subscriber's two factors. Repeated after a lost answer it gives the same one.</summary>
    public Task<CompleteSigningResponse> CompleteAsync(
        string activationId,
        string otp,
        string pin,
        CancellationToken cancellationToken = default
    )
    {
        var request = new CompleteSigningRequest
        {
            ActivationId = activationId,
            Otp = otp,
            Pin = pin,
        };
        return RefusedException.TranslateAsync(() =>
            _signing.CompleteSigningAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
    }

    public Task<GetActivationResponse> GetActivationAsync(string activationId, CancellationToken cancellationToken = default) =>
        RefusedException.TranslateAsync(() =>
            _signing
                .GetActivationAsync(new GetActivationRequest { ActivationId = activationId }, cancellationToken: cancellationToken)
                .ResponseAsync
        );

    public Task CancelAsync(string activationId, CancellationToken cancellationToken = default) =>
        RefusedException.TranslateAsync(() =>
            _signing
                .CancelActivationAsync(new CancelActivationRequest { ActivationId = activationId }, cancellationToken: cancellationToken)
                .ResponseAsync
        );

    /// <summary>Has the operator of an organisation's seal sent his one-time password.</summary>
    /// <returns>The challenge's id for <see cref="OpenSealAsync"/>.</returns>
    public Task<OpenSealSessionResponse> BeginSealAsync(string credentialId, CancellationToken cancellationToken = default) =>
        RefusedException.TranslateAsync(() =>
            _signing
                .OpenSealSessionAsync(
                    new OpenSealSessionRequest { RequestId = RequestIds.New(), CredentialId = credentialId },
                    cancellationToken: cancellationToken
                )
                .ResponseAsync
        );

    /// <summary>Opens the seal for at most so many signatures and so long.</summary>
    public async Task<SealPortal> OpenSealAsync(
        string challengeId,
        string otp,
        string pin,
        int maxSignatures,
        TimeSpan duration,
        CancellationToken cancellationToken = default
    )
    {
        var request = new OpenSealSessionRequest
        {
            ChallengeId = challengeId,
            Otp = otp,
            Pin = pin,
            MaxSignatures = maxSignatures,
            MaxMinutes = (int)Math.Ceiling(duration.TotalMinutes),
        };
        var opened = await RefusedException.TranslateAsync(() =>
            _signing.OpenSealSessionAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return new SealPortal(_signing, opened);
    }

    private static async IAsyncEnumerable<ByteString> ChunksAsync(
        Stream document,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var buffer = new byte[ChunkSize];
            var read = await document.ReadAtLeastAsync(buffer, ChunkSize, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                yield break;
            }

            yield return UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read));
        }
    }
}
