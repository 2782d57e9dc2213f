using EContract.Hosting.PlainHttp;

namespace EContract.Hosting.Tests.PlainHttp;

/// <summary>Answers with what it was sent, after <paramref name="before"/>; "busy" is 429. Counts what it answered.</summary>
internal sealed class EchoRoute(Action<byte[]> before, int repeat) : PlainRoute(Path, "application/x-echo", "application/x-echoed", MaxBody)
{
    public new const string Path = "/echo";
    public new const int MaxBody = 2000;
    private int _answered;

    public int Answered => Volatile.Read(ref _answered);

    public static byte[] Reply(ReadOnlySpan<byte> body, int repeat) => [.. Enumerable.Repeat(body.ToArray(), repeat).SelectMany(b => b)];

    public override void Answer(ReadOnlySpan<byte> body, PlainReply reply)
    {
        before(body.ToArray());
        if (body.SequenceEqual("busy"u8))
        {
            reply.TooManyRequests(body);
        }
        else
        {
            reply.Ok(Reply(body, repeat));
        }

        Interlocked.Increment(ref _answered);
    }
}
