using EContract.Grpc.Wire;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

public sealed class MetadataCodecTests
{
    [Fact]
    public void Binary_values_travel_unpadded_and_are_read_padded_or_not() =>
        Prop.ForAll<byte[]>(given =>
            {
                var bytes = given ?? [];
                var encoded = MetadataCodec.EncodeBinary(bytes);
                Assert.DoesNotContain('=', encoded);
                Assert.True(MetadataCodec.TryDecodeBinary(encoded, out var unpadded));
                Assert.True(MetadataCodec.TryDecodeBinary(Convert.ToBase64String(bytes), out var padded));
                Assert.Equal(bytes, unpadded);
                Assert.Equal(bytes, padded);
            })
            .Check(PropertyRuns.Of(1000));

    [Fact]
    public void Values_joined_by_commas_are_separate_entries()
    {
        var metadata = new Metadata();
        Assert.True(MetadataCodec.TryAppend(metadata, "trace-bin", "AQ==,Ag, Aw=="));
        Assert.True(MetadataCodec.TryAppend(metadata, "text", "a, b"));
        Assert.Equal(
            [
                [1],
                [2],
                [3],
            ],
            metadata.GetAll("trace-bin").Select(entry => entry.ValueBytes)
        );
        Assert.Equal("a, b", metadata.GetValue("TEXT"));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AQ=")]
    [InlineData("AQ===")]
    [InlineData("A Q=")]
    [InlineData("-_8")]
    [InlineData("=")]
    public void What_is_not_base64_is_refused(string value) => Assert.False(MetadataCodec.TryAppend([], "x-bin", value));

    [Theory]
    [InlineData("naïve")]
    [InlineData("a\r\ninjected: yes")]
    [InlineData("\t")]
    public void Text_that_no_header_can_carry_is_refused(string value)
    {
        var entry = Assert.Single(new Metadata { { "key", value } });
        Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => MetadataCodec.Encode(entry)).StatusCode);
    }

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("Grpc-Message")]
    [InlineData("content-type")]
    [InlineData("te")]
    [InlineData(":path")]
    public void Headers_of_the_protocol_are_no_metadata(string name) => Assert.True(MetadataCodec.IsProtocol(name));
}
