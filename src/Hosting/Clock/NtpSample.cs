namespace EContract.Hosting.Clock;

/// <summary>What one source says: UTC minus our clock is in <see cref="Offset"/> ± <see cref="Distance"/>, if it tells the truth.</summary>
/// <param name="Distance">
/// Half the round trip, half the source's root delay, its root dispersion and both precisions: the root distance (RFC 5905 §11.2.1).
/// </param>
internal sealed record NtpSample(string Source, TimeSpan Offset, TimeSpan Distance, LeapIndicator Leap)
{
    public TimeSpan Low => Offset - Distance;

    public TimeSpan High => Offset + Distance;
}
