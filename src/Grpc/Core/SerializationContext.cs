using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message: either as an array, or through the buffer writer and <see cref="Complete()"/>.</summary>
public abstract class SerializationContext
{
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Bytes go straight to the transport's memory; call <see cref="SetPayloadLength"/> before if the length is known.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    public virtual void SetPayloadLength(int payloadLength) { }

    public virtual void Complete() => throw new NotImplementedException();
}
