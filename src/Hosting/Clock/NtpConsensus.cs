namespace EContract.Hosting.Clock;

/// <summary>
/// What a quorum of sources agrees on. If fewer sources lie than are missing from the quorum, UTC minus our clock is between
/// <see cref="Low"/> and <see cref="High"/>, whatever the liars say.
/// </summary>
/// <remarks>
/// The intersection of correctness intervals (Marzullo; RFC 5905 §11.2.1), but with a quorum of all <i>configured</i> sources rather
/// than of those that happened to answer, and the hull of all points that a quorum covers rather than the best of them: the aim is a
/// bound that holds, not the likeliest offset.
/// </remarks>
internal sealed record NtpConsensus(
    TimeSpan Low,
    TimeSpan High,
    IReadOnlyList<string> Agreeing,
    IReadOnlyList<string> Disagreeing,
    LeapIndicator Leap
)
{
    /// <summary>null: no point in time is in the intervals of <paramref name="quorum"/> sources.</summary>
    public static NtpConsensus? Find(IReadOnlyList<NtpSample> samples, int quorum)
    {
        // Sweep over the ends of all intervals; where ends meet, beginnings come first, for intervals are closed.
        var ends = new List<(TimeSpan At, int Change)>(samples.Count * 2);
        foreach (NtpSample sample in samples)
        {
            ends.Add((sample.Low, +1));
            ends.Add((sample.High, -1));
        }

        ends.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : b.Change.CompareTo(a.Change));
        TimeSpan? low = null;
        TimeSpan high = default;
        int depth = 0;
        foreach ((TimeSpan at, int change) in ends)
        {
            if (change < 0 && depth == quorum)
            {
                high = at;
            }

            depth += change;
            if (change > 0 && depth == quorum)
            {
                low ??= at;
            }
        }

        if (low is not { } from)
        {
            return null;
        }

        NtpSample[] agreeing = [.. samples.Where(s => s.Low <= high && s.High >= from)];
        LeapIndicator leap = agreeing
            .GroupBy(s => s.Leap)
            .Where(group => group.Key != LeapIndicator.None && group.Count() * 2 > agreeing.Length)
            .Select(group => group.Key)
            .FirstOrDefault();
        return new NtpConsensus(from, high, [.. agreeing.Select(s => s.Source)], [.. samples.Except(agreeing).Select(s => s.Source)], leap);
    }
}
