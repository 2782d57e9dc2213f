using System.Formats.Asn1;
using EContract.Hosting.Clock;
using EContract.Pki.Asn1;
using EContract.Pki.Tsp;
using EContract.Tsa.Requests;

namespace EContract.Tsa.Units;

/// <summary>A time-stamping unit: what one signing key at a time promises under which policies.</summary>
public sealed class Tsu
{
    private readonly byte[][] _policyPrefixes;
    private readonly byte[][] _policyContents;
    private readonly uint _digests; // bit n: ImprintDigest n is accepted
    private readonly IProvenClock _clock;
    private readonly long _precisionTicks;
    private readonly long _accuracyTicks;
    private long _lastGenTime; // ticks, by Interlocked; never goes back
    private TsuKey? _current; // by Volatile; replaced by rotation

    public Tsu(TsuOptions options, IProvenClock clock)
    {
        Options = options;
        Name = options.Name;
        _clock = clock;
        _precisionTicks = options.Precision.Ticks;
        _accuracyTicks = options.Accuracy.Ticks;
        foreach (ImprintDigest digest in options.Digests.Count > 0 ? options.Digests : Enum.GetValues<ImprintDigest>())
        {
            _digests |= 1u << (int)digest;
        }

        // version and policy of the TSTInfo: the same for every token under one policy
        _policyPrefixes =
        [
            .. options.Policies.Select(policy => Encode(writer => writer.WriteInteger(1), writer => writer.WriteObjectIdentifier(policy))),
        ];
        _policyContents = [.. options.Policies.Select(policy => Encode(writer => writer.WriteObjectIdentifier(policy))[2..])];
        Accuracy = Der.Encode(Pki.Tsp.Accuracy.FromTimeSpan(options.Accuracy).Encode);
    }

    public string Name { get; }

    public TsuOptions Options { get; }

    /// <summary>The key that signs now; null when there is none (not loaded yet, or its time is over).</summary>
    public TsuKey? Current
    {
        get => Volatile.Read(ref _current);
        internal set => Volatile.Write(ref _current, value);
    }

    internal byte[] Accuracy { get; }

    /// <remarks>The bounds first: C# takes a shift modulo 32, and the digest is an octet that a client chose.</remarks>
    internal bool Accepts(ImprintDigest digest) =>
        digest is >= ImprintDigest.Sha256 and <= ImprintDigest.Sha512 && (_digests & (1u << (int)digest)) != 0;

    /// <summary>The beginning of a TSTInfo under the policy: the unit's first when none is asked for.</summary>
    /// <param name="policy">Content of the OBJECT IDENTIFIER; empty for none.</param>
    internal bool TryGetPolicy(ReadOnlySpan<byte> policy, out ReadOnlySpan<byte> prefix)
    {
        if (policy.IsEmpty)
        {
            prefix = _policyPrefixes[0];
            return true;
        }

        for (int i = 0; i < _policyContents.Length; i++)
        {
            if (policy.SequenceEqual(_policyContents[i]))
            {
                prefix = _policyPrefixes[i];
                return true;
            }
        }

        prefix = default;
        return false;
    }

    /// <summary>
    /// The time for a token: cut to the precision, never before an earlier one of this node. false when it can't be proven to be
    /// within the declared accuracy: then there must be no token (ETSI EN 319 421 §7.7.2).
    /// </summary>
    internal bool TryGetGenTime(out DateTime genTime)
    {
        while (true)
        {
            ClockReading reading = _clock.Read();
            long now = reading.UtcNow.UtcTicks;
            long last = Volatile.Read(ref _lastGenTime);
            long given = Math.Max(now - now % _precisionTicks, last);
            if (!IsProven(reading, given))
            {
                genTime = default;
                return false;
            }

            // Another thread was faster with a later time: judge anew.
            if (given == last || Interlocked.CompareExchange(ref _lastGenTime, given, last) == last)
            {
                genTime = new DateTime(given, DateTimeKind.Utc);
                return true;
            }
        }
    }

    /// <summary>Whether a token could be given now, as far as the time goes.</summary>
    internal bool IsTimeProven
    {
        get
        {
            ClockReading reading = _clock.Read();
            long now = reading.UtcNow.UtcTicks;
            return IsProven(reading, Math.Max(now - now % _precisionTicks, Volatile.Read(ref _lastGenTime)));
        }
    }

    private bool IsProven(ClockReading reading, long given) =>
        reading.Refusal is null && Math.Abs(given - reading.UtcNow.UtcTicks) + reading.ErrorBound.Ticks <= _accuracyTicks;

    private static byte[] Encode(params ReadOnlySpan<Action<AsnWriter>> writes)
    {
        var bytes = new List<byte>();
        foreach (Action<AsnWriter> write in writes)
        {
            bytes.AddRange(Der.Encode(write));
        }

        return [.. bytes];
    }
}
