using EContract.Hosting.Errors;
using EContract.Pki.Cms;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Signs within an open seal session. Plain digests go through the ledger's shared commits; documents and time-stamps are activations.</summary>
public sealed class SealDesk(
    SignerDatabase database,
    SealSessions sessions,
    SealLedger ledger,
    SigningDesk desk,
    SigningCycle cycle,
    SignerOptions settings,
    TimeProvider time
)
{
    public async Task<SealResult> SignAsync(
        CallOrigin call,
        RequestKey request,
        SealSessionId sessionId,
        IReadOnlyList<SigningOrder> orders,
        CancellationToken cancellationToken
    )
    {
        var seal = await sessions.UseAsync(call, sessionId, cancellationToken);
        return orders.All(o => o is DigestOrder { Level: ItemLevel.Basic })
            ? await SignDigestsAsync(call, request, seal, orders, cancellationToken)
            : await SignThroughActivationAsync(call, request, seal, orders, cancellationToken);
    }

    private async Task<SealResult> SignThroughActivationAsync(
        CallOrigin call,
        RequestKey request,
        OpenSeal seal,
        IReadOnlyList<SigningOrder> orders,
        CancellationToken cancellationToken
    )
    {
        var begun = await desk.BeginSealedAsync(call, request, seal.Session, orders, cancellationToken);
        var done = await cycle.SealAsync(call, begun.Id, seal.Key, cancellationToken);
        var items = done.Items.Select(i => new SealedItem(
            i.Name,
            i.Result ?? [],
            i.DocumentId,
            i.ResultVersion ?? 0,
            i.ResultDigest ?? []
        ));
        return new SealResult([.. items], await SignaturesLeftAsync(seal.Session.Id, cancellationToken));
    }

    private async Task<SealResult> SignDigestsAsync(
        CallOrigin call,
        RequestKey request,
        OpenSeal seal,
        IReadOnlyList<SigningOrder> orders,
        CancellationToken cancellationToken
    )
    {
        if (orders.Count == 0 || orders.Count > settings.Seal.MaxItems)
        {
            throw new ServiceException(Fault.TooManySignatures, $"One call asks for 1 to {settings.Seal.MaxItems} signatures.");
        }

        ItemPreparation.Validate(orders, seal.Credential);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var prepared = new PreparedSignature?[orders.Count];
        var digests = new byte[orders.Count][];
        for (var i = 0; i < orders.Count; i++)
        {
            var order = (DigestOrder)orders[i];
            prepared[i] =
                order.Format == ItemFormat.Raw
                    ? null
                    : CmsItems.Prepare(seal.Signer(order.Hash, order.Pss), order.Format, order.Digest, order.Content, now);
            digests[i] = prepared[i]?.Digest.ToArray() ?? order.Digest;
        }

        var entry = new SealEntry(call, seal.Session.Id, request, digests);
        await ledger.ReserveAsync(entry);
        if (!entry.Reserved)
        {
            return await KnownAsync(request, seal, orders, cancellationToken);
        }

        // Reserved: brought to its end even if the caller hangs up. If the token fails, the row stays reserved: ambiguous, never released.
        entry.Results = await SignAsync(seal, orders, prepared, digests);
        await ledger.RecordAsync(entry);
        return Result(orders, entry.Results, entry.SignaturesLeft);
    }

    /// <summary>
    /// On one thread for the whole call: a change of threads per digest would cost as much as a P-256 signature. A token that hangs keeps
    /// that thread, not the caller.
    /// </summary>
    private Task<byte[][]> SignAsync(OpenSeal seal, IReadOnlyList<SigningOrder> orders, PreparedSignature?[] prepared, byte[][] digests) =>
        Task.Run(() => Sign(seal, orders, prepared, digests)).WaitAsync(settings.Seal.SigningDeadline, time);

    private static byte[][] Sign(OpenSeal seal, IReadOnlyList<SigningOrder> orders, PreparedSignature?[] prepared, byte[][] digests)
    {
        var results = new byte[orders.Count][];
        var buffer = new byte[seal.Key.MaxSignatureSize];
        for (var i = 0; i < orders.Count; i++)
        {
            var order = (DigestOrder)orders[i];
            // The vault's key verifies each signature with its public key, which was compared with the certificate's when it was opened.
            var length = seal.Key.SignDigest(digests[i], order.Hash, CmsItems.Scheme(seal.Key.Algorithm, order.Pss), buffer);
            var signature = buffer.AsSpan(0, length).ToArray();
            results[i] = prepared[i]?.Complete(signature).Encode() ?? signature;
        }

        return results;
    }

    /// <summary>The request was made before: its results, or why there are none.</summary>
    private async Task<SealResult> KnownAsync(
        RequestKey request,
        OpenSeal seal,
        IReadOnlyList<SigningOrder> orders,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var known = await db.GetSealRequestAsync(seal.Session.Id, request.RequestId, cancellationToken);
        if (!request.Matches(known.RequestFingerprint))
        {
            throw new ServiceException(Fault.RequestIdReused, "The request id was used before with different content.");
        }

        if (known.State == ActivationState.Consumed)
        {
            return Result(orders, known.Results!, await SignaturesLeftAsync(seal.Session.Id, cancellationToken));
        }

        throw known.ReservedAt + settings.Signing.ReservationLease > time.GetUtcNow()
            ? new ServiceException(Fault.RequestInProgress, "The same request is being worked on.") { RetryAfter = TimeSpan.FromSeconds(1) }
            : new ServiceException(
                Fault.ActivationAmbiguous,
                "The server was interrupted while signing; what may have been signed is never released."
            );
    }

    private async Task<int> SignaturesLeftAsync(SealSessionId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.SignaturesLeftAsync(id, cancellationToken);
    }

    private static SealResult Result(IReadOnlyList<SigningOrder> orders, byte[][] results, int left) =>
        new([.. results.Select((result, i) => new SealedItem(((DigestOrder)orders[i]).Name, result, null, 0, []))], left);
}
