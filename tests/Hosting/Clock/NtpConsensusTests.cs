using EContract.Hosting.Clock;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Hosting.Tests.Clock;

public sealed class NtpConsensusTests
{
    [Fact]
    public void The_truth_is_inside_however_a_minority_lies() =>
        Prop.ForAll(
                Arb.From(
                    from truth in Gen.Choose(-1000, 1000)
                    from honest in Gen.Choose(1, 6)
                    from lying in Gen.Choose(0, honest - 1)
                    from errors in Gen.ArrayOf(Gen.Choose(-50, 50), honest)
                    from slacks in Gen.ArrayOf(Gen.Choose(0, 30), honest)
                    from lies in Gen.ArrayOf(Gen.Choose(-2000, 2000), lying)
                    from widths in Gen.ArrayOf(Gen.Choose(0, 500), lying)
                    select (truth, errors, slacks, lies, widths)
                ),
                c =>
                {
                    NtpSample[] samples =
                    [
                        // honest: their interval holds the truth
                        .. c.errors.Select((error, i) => Sample($"h{i}", c.truth + error, Math.Abs(error) + c.slacks[i])),
                        .. c.lies.Select((lie, i) => Sample($"l{i}", lie, c.widths[i])),
                    ];
                    int quorum = samples.Length / 2 + 1;
                    var consensus = NtpConsensus.Find(samples, quorum);
                    Assert.NotNull(consensus);
                    Assert.InRange(TimeSpan.FromMilliseconds(c.truth), consensus.Low, consensus.High);
                    // and no wider than what honest sources say
                    Assert.True(consensus.Low >= samples[..c.errors.Length].Min(s => s.Low));
                    Assert.True(consensus.High <= samples[..c.errors.Length].Max(s => s.High));
                }
            )
            .Check(PropertyRuns.Of(2000));

    [Fact]
    public void Without_a_quorum_there_is_none() =>
        Assert.Null(NtpConsensus.Find([Sample("a", 0, 1), Sample("b", 10, 1), Sample("c", 20, 1)], 2));

    [Fact]
    public void Intervals_that_touch_agree() => Assert.NotNull(NtpConsensus.Find([Sample("a", 0, 5), Sample("b", 10, 5)], 2));

    private static NtpSample Sample(string name, int offset, int distance) =>
        new(name, TimeSpan.FromMilliseconds(offset), TimeSpan.FromMilliseconds(distance), LeapIndicator.None);
}
