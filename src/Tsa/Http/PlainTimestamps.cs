using EContract.Hosting.PlainHttp;
using EContract.Tsa.Requests;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;

namespace EContract.Tsa.Http;

/// <summary>A query in a plain POST: answered, signature included, on the thread that received it.</summary>
internal sealed class PlainTimestamps(TimestampAuthority authority, TsuListener listener, int maxQueryBytes)
    : PlainRoute(listener.Path, TsaEndpoints.QueryType, TsaEndpoints.ReplyType, maxQueryBytes)
{
    public override void Answer(ReadOnlySpan<byte> body, PlainReply reply)
    {
        using TimestampAnswer answer = authority.Answer(body, listener);
        if (ReferenceEquals(answer.Refusal, Refusal.Overload))
        {
            reply.TooManyRequests(answer.Encoded.Span);
        }
        else
        {
            reply.Ok(answer.Encoded.Span);
        }
    }
}
