using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using EContract.Signer.Parties;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Turns what a caller asks for into the exact digests that will be signed.</summary>
public sealed class ItemPreparation(
    DocumentStore documents,
    PartyDesk parties,
    ITimestampAuthority timestamps,
    SignatureFonts fonts,
    LongTermResults longTerm
)
{
    private const int MaxName = 200;

    private readonly PdfItems _pdf = new(documents, fonts);

    public async Task<List<ActivationItem>> PrepareAsync(
        CallOrigin call,
        ActivationId activation,
        IReadOnlyList<SigningOrder> orders,
        Credential credential,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        Validate(orders, credential);
        // Asked before anything is stored: a time-stamp authority that is down is told at once, not after OTP and PIN.
        var tokenSize = orders.Any(o => o.Level >= ItemLevel.Timestamped) ? await timestamps.TokenSizeAsync(cancellationToken) : 0;
        if (orders.Any(o => o.Level >= ItemLevel.LongTerm))
        {
            await longTerm.RequireReachableAsync(credential, cancellationToken);
        }

        var items = new List<ActivationItem>(orders.Count);
        foreach (var order in orders)
        {
            items.Add(
                order switch
                {
                    DigestOrder digest => Prepare(activation, items.Count, digest, credential, time),
                    PdfOrder pdf => await PrepareAsync(call, activation, items.Count, pdf, credential, tokenSize, time, cancellationToken),
                    _ => throw new ArgumentException("This kind of order is not known.", nameof(orders)),
                }
            );
        }

        return items;
    }

    internal static ActivationItem Prepare(
        ActivationId activation,
        int ordinal,
        DigestOrder order,
        Credential credential,
        DateTimeOffset time
    )
    {
        var dtbs = order.Digest;
        if (order.Format != ItemFormat.Raw)
        {
            var signer = CmsItems.Signer(credential, order.Hash, order.Pss);
            dtbs = CmsItems.Prepare(signer, order.Format, order.Digest, order.Content, time).Digest.ToArray();
        }

        return new ActivationItem
        {
            ActivationId = activation,
            Ordinal = ordinal,
            State = ActivationState.Authorised,
            Format = order.Format,
            Level = order.Level,
            Name = order.Name,
            Role = order.Role,
            Hash = order.Hash.Name!,
            Pss = order.Pss,
            ContentDigest = order.Digest,
            DtbsDigest = dtbs,
            Content = order.Content,
        };
    }

    internal static void Validate(IReadOnlyList<SigningOrder> orders, Credential credential)
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        var documents = new HashSet<DocumentId>();
        for (var i = 0; i < orders.Count; i++)
        {
            switch (orders[i])
            {
                case DigestOrder order:
                    Validate(order, i, credential);
                    if (!digests.Add($"{order.Format}{order.Pss}{order.Hash.Name}{Convert.ToHexString(order.Digest)}"))
                    {
                        throw new ServiceException(Fault.DigestInvalid, $"items[{i}]: the same digest is named twice.");
                    }

                    break;
                case PdfOrder order when !documents.Add(order.DocumentId):
                    // The second signature would cover the first, which does not exist yet.
                    throw ServiceException.Invalid(
                        $"items[{i}].pdf.document_id",
                        "A document is signed once per activation; begin another one."
                    );
            }
        }
    }

    private static void Validate(DigestOrder order, int index, Credential credential)
    {
        if (order.Name.Length is 0 or > MaxName)
        {
            throw ServiceException.Invalid(
                $"items[{index}].digest.name",
                $"A name of 1 to {MaxName} characters is needed: the subscriber's message shows it."
            );
        }

        if (order.Digest.Length != HashAlgorithms.DigestLength(order.Hash))
        {
            throw new ServiceException(
                Fault.DigestInvalid,
                $"items[{index}]: a {order.Hash.Name} digest has {HashAlgorithms.DigestLength(order.Hash)} bytes."
            );
        }

        if (order.Content is { } content && !CryptographicOperations.HashData(order.Hash, content).AsSpan().SequenceEqual(order.Digest))
        {
            throw new ServiceException(Fault.DigestMismatch, $"items[{index}]: the digest is not the content's.");
        }

        if (order.Pss && !credential.KeyAlgorithm.IsRsa)
        {
            throw new ServiceException(Fault.AlgorithmNotAllowed, $"items[{index}]: the credential's key is not RSA.");
        }
    }

    private async Task<ActivationItem> PrepareAsync(
        CallOrigin call,
        ActivationId activation,
        int ordinal,
        PdfOrder asked,
        Credential credential,
        int tokenSize,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        var newest = await documents.FindAsync(call.Caller, asked.DocumentId, null, cancellationToken);
        if (asked.Version is { } version && version != newest.Version)
        {
            throw new ServiceException(Fault.DocumentChanged, $"The document is at version {newest.Version} now.");
        }

        var (order, party) = await parties.AdmitAsync(asked, credential, $"items[{ordinal}].pdf", cancellationToken);
        var hash = credential.KeyAlgorithm.DefaultHash;
        var signer = CmsItems.Signer(credential, hash, order.Pss);
        var room = order.Level >= ItemLevel.Timestamped ? tokenSize : 0;
        var prepared = await _pdf.PrepareAsync(newest, order, credential, signer, room, time, cancellationToken);
        return new ActivationItem
        {
            ActivationId = activation,
            Ordinal = ordinal,
            State = ActivationState.Authorised,
            Format = ItemFormat.Pdf,
            Level = order.Level,
            Name = newest.Name,
            Role = order.Role,
            Hash = hash.Name!,
            Pss = order.Pss,
            ContentDigest = prepared.Digest.ToArray(),
            DtbsDigest = CmsItems.Prepare(signer, ItemFormat.Pdf, prepared.Digest.ToArray(), null, time).Digest.ToArray(),
            DocumentId = newest.Id,
            BaseVersion = newest.Version,
            FieldName = prepared.FieldName,
            Party = party,
            Update = prepared.Serialize(),
        };
    }
}
