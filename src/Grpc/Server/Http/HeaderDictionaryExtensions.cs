using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server.Http;

/// <summary>Custom metadata onto headers or trailers.</summary>
internal static class HeaderDictionaryExtensions
{
    /// <summary>Adds all entries but those of names that belong to the protocol.</summary>
    public static void AppendMetadata(this IHeaderDictionary target, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!MetadataCodec.IsProtocol(entry.Key))
            {
                target.Append(entry.Key, MetadataCodec.Encode(entry));
            }
        }
    }
}
