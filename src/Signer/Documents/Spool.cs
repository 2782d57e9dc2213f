using System.Collections.Concurrent;
using EContract.Signer.Identities;

namespace EContract.Signer.Documents;

/// <summary>
/// This node's working copies on disk. A document only ever grows at its end, so a copy is a prefix of the document and is brought
/// up to date by appending. Nothing here is needed by another node, or after a restart.
/// </summary>
public sealed class Spool(DocumentOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<DocumentId, SemaphoreSlim> _copies = new();

    /// <summary>A file to receive an upload; gone when closed unless it is kept.</summary>
    public FileStream CreateUpload(DocumentId id)
    {
        Directory.CreateDirectory(options.Spool);
        return new FileStream($"{PathOf(id)}.upload", Options(FileMode.Create, FileAccess.ReadWrite));
    }

    /// <summary>Makes an upload the working copy of its document.</summary>
    public void Keep(DocumentId id)
    {
        _copies[id] = new SemaphoreSlim(1, 1);
        File.Move($"{PathOf(id)}.upload", PathOf(id), overwrite: true);
        Evict(id);
    }

    public void Discard(DocumentId id) => File.Delete($"{PathOf(id)}.upload");

    /// <summary>The working copy, at least <paramref name="size"/> bytes long, opened for reading.</summary>
    /// <param name="fetch">Gives the document's bytes from an offset on.</param>
    /// <param name="verify">Judges a copy that this process did not make whole itself; a wrong one is fetched anew.</param>
    public async Task<FileStream> OpenAsync(
        DocumentId id,
        long size,
        Func<long, CancellationToken, IAsyncEnumerable<byte[]>> fetch,
        Func<Stream, CancellationToken, Task<bool>> verify,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(options.Spool);
        // A copy left by an earlier process may have been torn by a power cut: only what this process made or checked is trusted.
        var trusted = _copies.TryGetValue(id, out var gate);
        gate ??= _copies.GetOrAdd(id, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!trusted)
            {
                File.Delete(PathOf(id));
            }

            await using (var copy = Open(id, FileAccess.ReadWrite))
            {
                if (copy.Length < size)
                {
                    copy.Position = copy.Length;
                    await foreach (var part in fetch(copy.Length, cancellationToken))
                    {
                        await copy.WriteAsync(part, cancellationToken);
                    }

                    await copy.FlushAsync(cancellationToken);
                    copy.Position = 0;
                    if (copy.Length < size || !await verify(copy, cancellationToken))
                    {
                        copy.SetLength(0);
                        throw new IOException($"The working copy of {id} could not be made whole.");
                    }
                }
            }

            File.SetLastAccessTimeUtc(PathOf(id), time.GetUtcNow().UtcDateTime);
            Evict(id);
            return Open(id, FileAccess.Read);
        }
        catch
        {
            _copies.TryRemove(id, out _);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    private FileStream Open(DocumentId id, FileAccess access) =>
        new(PathOf(id), Options(access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, access));

    /// <summary>Contracts are for this user's eyes only.</summary>
    private static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var file = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous,
        };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return file;
    }

    /// <summary>Deletes the longest unused copies beyond the limit. Whoever has one open keeps reading it.</summary>
    private void Evict(DocumentId keep)
    {
        var copies = new DirectoryInfo(options.Spool).GetFiles("*.pdf");
        var total = copies.Sum(f => f.Length);
        foreach (var copy in copies.OrderBy(f => f.LastAccessTimeUtc))
        {
            if (total <= options.MaxSpool)
            {
                return;
            }

            var id = DocumentId.Named(Path.GetFileNameWithoutExtension(copy.Name));
            if (id != keep && (!_copies.TryGetValue(id, out var gate) || gate.CurrentCount > 0))
            {
                total -= copy.Length;
                _copies.TryRemove(id, out _);
                copy.Delete();
            }
        }
    }

    private string PathOf(DocumentId id) => Path.Combine(options.Spool, $"{id}.pdf");
}
