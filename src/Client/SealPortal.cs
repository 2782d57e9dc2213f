using EContract.Proto.Signer.V1;

namespace EContract.Client;

/// <summary>An organisation's open seal. Closing it ends the session at the Signer. Thread-safe.</summary>
public sealed class SealPortal : IAsyncDisposable
{
    private readonly SigningService.SigningServiceClient _signing;

    internal SealPortal(SigningService.SigningServiceClient signing, OpenSealSessionResponse opened)
    {
        _signing = signing;
        SessionId = opened.SessionId;
        ExpireTime = opened.ExpireTime.ToDateTimeOffset();
        SignaturesLeft = opened.SignaturesLeft;
    }

    public string SessionId { get; }

    public DateTimeOffset ExpireTime { get; }

    /// <summary>After the newest answer.</summary>
    public int SignaturesLeft { get; private set; }

    /// <summary>Seals documents or digests; the results are in the order of the request.</summary>
    /// <param name="requestId">Repeat a call whose answer was lost with the same id; null: a fresh one.</param>
    public async Task<IReadOnlyList<SignedItem>> SignAsync(
        IEnumerable<SignatureItem> items,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SealSignRequest { RequestId = requestId ?? RequestIds.New(), SessionId = SessionId };
        request.Items.AddRange(items);
        var response = await RefusedException.TranslateAsync(() =>
            _signing.SealSignAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        SignaturesLeft = response.SignaturesLeft;
        return response.Items;
    }

    public async ValueTask DisposeAsync() =>
        await RefusedException.TranslateAsync(() =>
            _signing.CloseSealSessionAsync(new CloseSealSessionRequest { SessionId = SessionId }).ResponseAsync
        );
}
