using EContract.Grpc.Client;
using EContract.Grpc.Wire;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;

namespace EContract.Interop.Tests.Client;

/// <summary>However the bytes of a body are cut into reads, the same messages come out, and its end.</summary>
public sealed class ResponseBodyReaderTests
{
    [Fact]
    public void Messages_do_not_depend_on_how_their_bytes_arrive()
    {
        var bodies =
            from sizes in Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(0, 20_000)).ArrayOf()
            from chunk in Gen.OneOf(Gen.Choose(1, 7), Gen.Choose(1, 10_000))
            select (sizes, chunk);
        Prop.ForAll(
                bodies.ToArbitrary(),
                body =>
                {
                    var messages = body.sizes.Select((size, i) => Enumerable.Repeat((byte)i, size).ToArray()).ToList();
                    using var stream = new Chunked([.. messages.SelectMany(message => Answers.Frame(message))], body.chunk);
                    var pipe = new ResponseBodyReader(stream);
                    var reader = new MessageReader();
                    reader.Start(pipe, 20_000, MessageEncoding.Identity);
                    foreach (var message in messages)
                    {
                        Assert.Equal(message, Read(reader));
                    }

                    Assert.Null(Read(reader));
                    pipe.Complete();
                }
            )
            .Check(PropertyRuns.Of(200));

        static byte[]? Read(MessageReader reader) =>
            reader.ReadAsync(context => context.PayloadAsNewBuffer(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    private sealed class Chunked(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
