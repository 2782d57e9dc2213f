using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The custom headers of a request, taken when the call begins: the caller may change its metadata afterwards.</summary>
internal sealed class RequestMetadata
{
    private List<KeyValuePair<string, string>>? _headers;

    /// <summary>The caller asked for compression of its messages.</summary>
    public bool Compress { get; private set; }

    /// <exception cref="RpcException">INTERNAL: a text value has characters that no header can carry.</exception>
    public void Add(Metadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        foreach (var entry in metadata)
        {
            if (entry.Key == ProtocolHeaders.EncodingRequest)
            {
                Compress = entry.Value == ProtocolHeaders.Gzip;
            }
            else if (!MetadataCodec.IsProtocol(entry.Key))
            {
                (_headers ??= []).Add(new(entry.Key, MetadataCodec.Encode(entry)));
            }
        }
    }

    public void CopyTo(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        foreach (var (name, value) in _headers ?? [])
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
