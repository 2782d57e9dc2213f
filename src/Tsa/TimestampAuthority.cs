using EContract.Tsa.Requests;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;

namespace EContract.Tsa;

/// <summary>Answers queries: checks, waits for its turn, issues. Every refusal is a TimeStampResp; nothing throws.</summary>
public sealed class TimestampAuthority
{
    private readonly TokenIssuer _issuer;
    private readonly SigningGate _gate;
    private readonly TsaMeter _meter;

    internal TimestampAuthority(TokenIssuer issuer, SigningGate gate, TsaMeter meter)
    {
        _issuer = issuer;
        _gate = gate;
        _meter = meter;
    }

    /// <summary>The answer to a query, waiting for its turn if need be.</summary>
    /// <param name="query">A DER TimeStampReq; must stay as it is until the answer is there.</param>
    /// <exception cref="OperationCanceledException">Only while waiting.</exception>
    public ValueTask<TimestampAnswer> AnswerAsync(ReadOnlyMemory<byte> query, TsuListener listener, CancellationToken cancellationToken) =>
        TryAnswer(query.Span, listener, out TimestampAnswer answer)
            ? ValueTask.FromResult(answer)
            : WaitAsync(query, listener, cancellationToken);

    /// <summary>The answer to a query, if it needn't wait for its turn: on this thread, signature included.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> query, TsuListener listener, out TimestampAnswer answer)
    {
        if (!_gate.TryEnter())
        {
            // Most refusals need no turn, and a queue of nonsense must not keep others out.
            Refusal? refusal = Check(query, listener, out _, out _, out _);
            answer = refusal is null ? default : Count(new TimestampAnswer(refusal), null);
            return refusal is not null;
        }

        try
        {
            answer = Admitted(query, listener);
            return true;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>The answer to a query, on this thread, which waits for its turn if need be: for threads that do nothing else.</summary>
    public TimestampAnswer Answer(ReadOnlySpan<byte> query, TsuListener listener)
    {
        if (TryAnswer(query, listener, out TimestampAnswer answer))
        {
            return answer;
        }

        if (!_gate.Enter())
        {
            return Count(new TimestampAnswer(Refusal.Overload), null);
        }

        try
        {
            return Admitted(query, listener);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private async ValueTask<TimestampAnswer> WaitAsync(
        ReadOnlyMemory<byte> query,
        TsuListener listener,
        CancellationToken cancellationToken
    )
    {
        if (!await _gate.EnterAsync(cancellationToken))
        {
            return Count(new TimestampAnswer(Refusal.Overload), null);
        }

        try
        {
            return Admitted(query.Span, listener);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private TimestampAnswer Admitted(ReadOnlySpan<byte> encoded, TsuListener listener)
    {
        Refusal? refusal = Check(encoded, listener, out TimeStampQuery query, out Tsu unit, out ReadOnlySpan<byte> policyPrefix);
        return Count(refusal is null ? _issuer.Issue(query, unit, policyPrefix) : new TimestampAnswer(refusal), unit);
    }

    private static Refusal? Check(
        ReadOnlySpan<byte> encoded,
        TsuListener listener,
        out TimeStampQuery query,
        out Tsu unit,
        out ReadOnlySpan<byte> policyPrefix
    )
    {
        unit = listener.Units[0];
        policyPrefix = default;
        if (!TimeStampQuery.TryParse(encoded, out query))
        {
            return Refusal.Malformed;
        }

        return RequestCheck.Version(query)
            ?? listener.Choose(query.Policy, out unit, out policyPrefix)
            ?? RequestCheck.HashAlgorithm(query, unit, out ImprintDigest digest)
            ?? RequestCheck.HashParameters(query)
            ?? RequestCheck.ImprintLength(query, digest)
            ?? RequestCheck.Extensions(query);
    }

    private TimestampAnswer Count(TimestampAnswer answer, Tsu? unit)
    {
        _meter.Answered(answer.Refusal, unit);
        return answer;
    }
}
