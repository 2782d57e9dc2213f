using EContract.Hosting.Errors;

namespace EContract.Validation.Grpc;

/// <summary>A document on its way in: on disk, so that memory stays the same for any size. The file is gone when this is disposed, or the process ends.</summary>
internal sealed class SpooledFile : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;
    private readonly FileStream _file;
    private readonly long _limit;

    public SpooledFile(string? folder, long limit)
    {
        _limit = limit;
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"econtract-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = BufferSize,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(path, options);
    }

    public long Length { get; private set; }

    /// <exception cref="ServiceException"><see cref="Fault.DocumentTooLarge"/>.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (Length + data.Length > _limit)
        {
            throw new ServiceException(
                Fault.DocumentTooLarge,
                $"documents may have {_limit} bytes",
                ("max_bytes", _limit.ToString(System.Globalization.CultureInfo.InvariantCulture))
            );
        }

        await _file.WriteAsync(data, cancellationToken);
        Length += data.Length;
    }

    /// <summary>From the first byte; the file stays this object's.</summary>
    public async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        await _file.FlushAsync(cancellationToken);
        _file.Position = 0;
        return _file;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
