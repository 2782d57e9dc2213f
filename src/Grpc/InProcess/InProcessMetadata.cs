using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>Metadata crosses the in-process boundary as it crosses the wire: a copy, without the protocol's own headers.</summary>
internal static class InProcessMetadata
{
    /// <exception cref="RpcException">INTERNAL: a text value has characters that no header can carry.</exception>
    public static Metadata Copy(Metadata? first, Metadata? second = null)
    {
        if (first is not { Count: > 0 } && second is not { Count: > 0 })
        {
            return [];
        }

        var copy = new Metadata();
        Append(copy, first);
        Append(copy, second);
        return copy;
    }

    private static void Append(Metadata copy, Metadata? source)
    {
        if (source is null)
        {
            return;
        }

        foreach (var entry in source)
        {
            if (!MetadataCodec.IsProtocol(entry.Key))
            {
                if (!entry.IsBinary)
                {
                    MetadataCodec.Encode(entry);
                }

                copy.Add(entry);
            }
        }
    }
}
