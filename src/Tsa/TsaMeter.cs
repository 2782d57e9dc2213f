using System.Diagnostics.Metrics;
using EContract.Tsa.Requests;
using EContract.Tsa.Units;

namespace EContract.Tsa;

/// <summary>Counts what was granted, by unit, and what was refused, by PKIFailureInfo.</summary>
internal sealed class TsaMeter : IDisposable
{
    public const string Name = "EContract.Tsa";
    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _granted;
    private readonly Counter<long> _refused;

    public TsaMeter()
    {
        _granted = _meter.CreateCounter<long>("tsa.tokens.granted", "{token}", "Time-stamp tokens issued.");
        _refused = _meter.CreateCounter<long>("tsa.requests.refused", "{request}", "Time-stamp requests refused.");
    }

    public void Answered(Refusal? refusal, Tsu? unit)
    {
        if (refusal is null)
        {
            _granted.Add(1, new KeyValuePair<string, object?>("unit", unit?.Name));
        }
        else
        {
            _refused.Add(1, new KeyValuePair<string, object?>("failure", refusal.FailureName));
        }
    }

    public void Dispose() => _meter.Dispose();
}
