using System.Globalization;
using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using Grpc.Core;

namespace EContract.Signer.Archive.Register;

/// <summary>A document on this node's disk while it is worked on; gone when disposed.</summary>
internal sealed class SpooledFile : IAsyncDisposable
{
    private readonly DocumentId _id = Identity.New<DocumentId>();
    private readonly Spool _spool;

    public SpooledFile(Spool spool)
    {
        _spool = spool;
        Stream = spool.CreateUpload(_id);
    }

    public FileStream Stream { get; }

    /// <summary>SHA-256 of all of it.</summary>
    public async Task<byte[]> DigestAsync(CancellationToken cancellationToken)
    {
        await Stream.FlushAsync(cancellationToken);
        Stream.Position = 0;
        return await SHA256.HashDataAsync(Stream, cancellationToken);
    }

    /// <summary>Takes a document over while it arrives.</summary>
    /// <param name="declaredSize">In bytes; 0 when it is not known.</param>
    /// <exception cref="ServiceException">DOCUMENT_TOO_LARGE, DOCUMENT_INCOMPLETE.</exception>
    public async Task ReceiveAsync<T>(
        IAsyncStreamReader<T> parts,
        Func<T, ReadOnlyMemory<byte>> dataOf,
        long declaredSize,
        long maxSize,
        CancellationToken cancellationToken
    )
    {
        while (declaredSize <= maxSize && await parts.MoveNext(cancellationToken))
        {
            var part = dataOf(parts.Current);
            if (Stream.Length + part.Length > maxSize)
            {
                declaredSize = long.MaxValue;
                break;
            }

            await Stream.WriteAsync(part, cancellationToken);
        }

        if (declaredSize > maxSize)
        {
            throw new ServiceException(
                Fault.DocumentTooLarge,
                "The document is larger than this server takes.",
                ("limit", maxSize.ToString(CultureInfo.InvariantCulture))
            );
        }

        await Stream.FlushAsync(cancellationToken);
        if (Stream.Length == 0 || (declaredSize != 0 && Stream.Length != declaredSize))
        {
            throw new ServiceException(
                Fault.DocumentIncomplete,
                "The stream ended before the document was complete.",
                ("received", Stream.Length.ToString(CultureInfo.InvariantCulture))
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _spool.Discard(_id);
    }
}
