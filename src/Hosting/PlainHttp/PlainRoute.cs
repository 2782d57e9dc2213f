using System.Text;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// Where plain POSTs are answered without Kestrel. The same path must be mapped on Kestrel too: it gets every request that is not
/// plain, and its answers are the same.
/// </summary>
/// <param name="path">As it stands in the request line.</param>
/// <param name="requestType">The one media type that is plain.</param>
/// <param name="replyType">Of every answer.</param>
/// <param name="maxBody">A longer body is not plain.</param>
public abstract class PlainRoute(string path, string requestType, string replyType, int maxBody)
{
    /// <summary>The request line with its CRLF.</summary>
    internal byte[] RequestLine { get; } = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\n");

    internal byte[] RequestType { get; } = Encoding.ASCII.GetBytes(requestType);

    internal byte[] ReplyType { get; } = Encoding.ASCII.GetBytes(replyType);

    internal string Path { get; } = path;

    internal int MaxBody { get; } = maxBody;

    /// <summary>
    /// Answers on the caller's thread and may block it. Should it throw, the request goes to Kestrel untouched.
    /// </summary>
    public abstract void Answer(ReadOnlySpan<byte> body, PlainReply reply);
}
