using System.Security.Cryptography;
using EContract.Signer.Documents;
using EContract.Signer.Identities;

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

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _spool.Discard(_id);
    }
}
