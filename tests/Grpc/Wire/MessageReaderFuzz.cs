using EContract.Grpc.Tests.Server;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

/// <summary>
/// Target: <see cref="EContract.Grpc.Wire.MessageReader"/>, fed with what a peer sends as a body. Invariants: it throws nothing but
/// <see cref="RpcException"/> with INTERNAL or RESOURCE_EXHAUSTED; no message is larger than the limit; how the transport cuts the
/// bytes changes nothing.
/// </summary>
public sealed class MessageReaderFuzz
{
    private const int Limit = 2000;

    [Fact]
    public async Task Any_body_is_read_or_refused()
    {
        byte[] text = [.. Enumerable.Repeat("EContract "u8.ToArray(), 100).SelectMany(bytes => bytes)];
        byte[][] samples =
        [
            WireClient.Frame(text),
            MessageReaderTests.Compressed(text),
            [.. WireClient.Frame([1, 2, 3]), .. MessageReaderTests.Compressed([]), .. WireClient.Frame([])],
        ];
        foreach (var body in FuzzInput.Bytes(64, samples))
        {
            Assert.Equal(await OutcomeAsync(body, int.MaxValue), await OutcomeAsync(body, 11));
        }
    }

    private static async Task<string> OutcomeAsync(byte[] body, int pieceSize)
    {
        try
        {
            var messages = await MessageReaderTests.ReadAllAsync(body, pieceSize, Limit);
            Assert.All(messages, message => Assert.True(message.Length <= Limit));
            return string.Join(",", messages.Select(Convert.ToHexString));
        }
        catch (RpcException e)
        {
            Assert.True(e.StatusCode is StatusCode.Internal or StatusCode.ResourceExhausted, e.Message);
            return e.StatusCode.ToString();
        }
    }
}
