using System.Buffers.Binary;
using Google.Protobuf;

namespace EContract.Grpc.Tests.Server;

/// <summary>A streaming call under way.</summary>
public sealed class WireStream(Stream requests, StreamedContent content, Task<HttpResponseMessage> response, CancellationTokenSource cancel)
    : IDisposable
{
    private Stream? _responses;

    public async Task WriteAsync(byte[] bytes)
    {
        await requests.WriteAsync(bytes, cancel.Token);
        await requests.FlushAsync(cancel.Token);
    }

    public Task WriteAsync(IMessage message) => WriteAsync(WireClient.Frame(message));

    public void HalfClose() => content.End();

    /// <summary>Resets the stream.</summary>
    public void Cancel()
    {
        cancel.Cancel();
        if (response.IsCompletedSuccessfully)
        {
            response.Result.Dispose();
        }
    }

    public Task<HttpResponseMessage> Response => response;

    /// <summary>The next response message; null at the end.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        _responses ??= await (await response).Content.ReadAsStreamAsync(cancel.Token);
        var prefix = new byte[5];
        if (await _responses.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false, cancel.Token) == 0)
        {
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
        await _responses.ReadExactlyAsync(payload, cancel.Token);
        return payload;
    }

    /// <summary>Half-closes and takes the rest of the answer.</summary>
    public async Task<WireAnswer> FinishAsync()
    {
        HalfClose();
        return await WireAnswer.ReadAsync(await response);
    }

    public void Dispose()
    {
        content.End();
        cancel.Dispose();
    }
}
