using EContract.Grpc.Wire;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

/// <summary>
/// Target: <see cref="MetadataCodec.TryAppend"/>, fed with what a peer sends as a <c>-bin</c> header. Invariants: it throws nothing;
/// what it accepts encodes to the same text without padding; it never makes more bytes than it got characters.
/// </summary>
public sealed class MetadataCodecFuzz
{
    [Fact]
    public void Any_value_is_decoded_or_refused()
    {
        foreach (var value in FuzzInput.Strings("ABCDabcd0129+/=,- \t", 24))
        {
            var metadata = new Metadata();
            if (!MetadataCodec.TryAppend(metadata, "fuzz-bin", value))
            {
                continue;
            }

            Assert.True(metadata.Sum(entry => entry.ValueBytes.Length) <= value.Length);
            Assert.Equal(value.Split(',').Length, metadata.Count);
        }
    }
}
