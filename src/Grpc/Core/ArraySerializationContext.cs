using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects one serialized message in memory.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _writer;
    private byte[]? _payload;
    private int? _length;

    public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

    public override IBufferWriter<byte> GetBufferWriter() => _writer ??= new ArrayBufferWriter<byte>(Math.Max(_length ?? 256, 1));

    public override void Complete(byte[] payload) => _payload = payload;

    public override void Complete() => _payload ??= _writer?.WrittenSpan.ToArray() ?? [];

    public byte[] ToArray() => _payload ?? throw new InvalidOperationException("The serializer did not complete its context");
}
