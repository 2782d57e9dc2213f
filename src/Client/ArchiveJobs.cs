using System.Runtime.CompilerServices;
using EContract.Proto.Archive.V1;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Client;

/// <summary>
/// What an archive job does with the service: documents as streams both ways, in bounded memory. Thread-safe. Refusals are
/// <see cref="RefusedException"/> with a stable reason.
/// </summary>
public sealed class ArchiveJobs
{
    // Well below the usual limit of 4 MiB per message.
    private const int ChunkSize = 256 * 1024;

    public ArchiveJobs(ChannelBase channel)
        : this(channel.CreateCallInvoker()) { }

    public ArchiveJobs(CallInvoker invoker) => Service = new ArchiveService.ArchiveServiceClient(invoker);

    /// <summary>The calls without streams.</summary>
    public ArchiveService.ArchiveServiceClient Service { get; }

    /// <summary>Raises a document's signatures to a level.</summary>
    /// <param name="document">Read from its position to its end.</param>
    /// <param name="destination">Gets the document, or what is to be appended to it, as the description asks.</param>
    /// <exception cref="InvalidDataException">What came is not what the answer announced.</exception>
    public Task<AugmentResult> AugmentAsync(
        AugmentDescription description,
        Stream document,
        Stream destination,
        CancellationToken cancellationToken = default
    ) =>
        RefusedException.TranslateAsync(async () =>
        {
            var described = new AugmentDescription(description) { Size = SizeOf(document) };
            using var call = Service.Augment(cancellationToken: cancellationToken);
            var sending = SendAsync(
                call.RequestStream,
                new AugmentRequest { Description = described },
                data => new AugmentRequest { Data = data },
                document,
                cancellationToken
            );
            return await ReceiveAsync(call.ResponseStream, part => (part.Result, part.Data), sending, destination, cancellationToken);
        });

    /// <summary>Renews a document.</summary>
    /// <inheritdoc cref="AugmentAsync"/>
    public Task<AugmentResult> RestampAsync(
        RestampDescription description,
        Stream document,
        Stream destination,
        CancellationToken cancellationToken = default
    ) =>
        RefusedException.TranslateAsync(async () =>
        {
            var described = new RestampDescription(description) { Size = SizeOf(document) };
            using var call = Service.Restamp(cancellationToken: cancellationToken);
            var sending = SendAsync(
                call.RequestStream,
                new RestampRequest { Description = described },
                data => new RestampRequest { Data = data },
                document,
                cancellationToken
            );
            return await ReceiveAsync(call.ResponseStream, part => (part.Result, part.Data), sending, destination, cancellationToken);
        });

    private static long SizeOf(Stream document) => document.CanSeek ? document.Length - document.Position : 0;

    private static async Task SendAsync<T>(
        IClientStreamWriter<T> stream,
        T first,
        Func<ByteString, T> part,
        Stream document,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await stream.WriteAsync(first, cancellationToken);
            await foreach (var chunk in ChunksAsync(document, cancellationToken))
            {
                await stream.WriteAsync(part(chunk), cancellationToken);
            }

            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The server has answered before the end; its answer says why.
        }
    }

    private static async Task<AugmentResult> ReceiveAsync<T>(
        IAsyncStreamReader<T> stream,
        Func<T, (AugmentResult? Result, ByteString Data)> read,
        Task sending,
        Stream destination,
        CancellationToken cancellationToken
    )
    {
        AugmentResult? result = null;
        long size = 0;
        while (await stream.MoveNext(cancellationToken))
        {
            var (found, data) = read(stream.Current);
            result ??= found;
            size += data.Length;
            await destination.WriteAsync(data.Memory, cancellationToken);
        }

        await sending;
        return result is not null && result.Size == size
            ? result
            : throw new InvalidDataException("The document did not arrive as it was described.");
    }

    private static async IAsyncEnumerable<ByteString> ChunksAsync(
        Stream document,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var buffer = new byte[ChunkSize];
        for (int read; (read = await document.ReadAtLeastAsync(buffer, ChunkSize, throwOnEndOfStream: false, cancellationToken)) > 0; )
        {
            yield return ByteString.CopyFrom(buffer, 0, read);
        }
    }
}
