namespace EContract.Grpc.Wire;

/// <summary>Names of encodings.</summary>
internal static class MessageEncodings
{
    /// <summary>The encoding that <c>grpc-encoding</c> names; absent is identity. False if we don't know it.</summary>
    public static bool TryParse(string? name, out MessageEncoding encoding)
    {
        switch (name)
        {
            case null or "" or ProtocolHeaders.Identity:
                encoding = MessageEncoding.Identity;
                return true;
            case ProtocolHeaders.Gzip:
                encoding = MessageEncoding.Gzip;
                return true;
            default:
                encoding = default;
                return false;
        }
    }

    /// <summary>Whether <c>grpc-accept-encoding</c> names gzip.</summary>
    public static bool AcceptsGzip(string? acceptEncoding)
    {
        if (acceptEncoding is null)
        {
            return false;
        }

        foreach (var range in acceptEncoding.AsSpan().Split(','))
        {
            if (acceptEncoding.AsSpan(range).Trim(' ').SequenceEqual(ProtocolHeaders.Gzip))
            {
                return true;
            }
        }

        return false;
    }
}
