using Grpc.Core;
using Xunit;

namespace EContract.Grpc.Tests.Core;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_lower_case_and_the_last_value_counts()
    {
        var metadata = new Metadata
        {
            { "Key", "one" },
            { "key", "two" },
            { "Bytes-Bin", [1, 2] },
        };
        Assert.Equal("two", metadata.GetValue("KEY"));
        Assert.Equal(["one", "two"], metadata.GetAll("kEy").Select(entry => entry.Value));
        Assert.Equal([1, 2], metadata.GetValueBytes("bytes-bin"));
        Assert.Equal("bytes-bin", metadata[2].Key);
        Assert.Null(metadata.Get("none"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("naïve")]
    [InlineData(":path")]
    [InlineData("a\r\nb")]
    public void Other_keys_are_refused(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void The_suffix_tells_text_from_bytes()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1]));
        var binary = new Metadata.Entry("key-bin", [1]);
        Assert.True(binary.IsBinary);
        Assert.Throws<InvalidOperationException>(() => binary.Value);
        Assert.Equal("text"u8.ToArray(), new Metadata.Entry("key", "text").ValueBytes);
    }

    [Fact]
    public void An_entry_keeps_bytes_of_its_own()
    {
        byte[] bytes = [1, 2, 3];
        var entry = new Metadata.Entry("key-bin", bytes);
        bytes[0] = 9;
        entry.ValueBytes[1] = 9;
        Assert.Equal([1, 2, 3], entry.ValueBytes);
    }

    [Fact]
    public void The_empty_metadata_stays_empty()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
    }

    [Fact]
    public void It_is_a_list()
    {
        var first = new Metadata.Entry("a", "1");
        var metadata = new Metadata { first, new("b", "2") };
        metadata.Insert(0, new Metadata.Entry("c", "3"));
        Assert.Equal(1, metadata.IndexOf(first));
        Assert.True(metadata.Remove(first));
        metadata.RemoveAt(0);
        metadata[0] = first;
        Assert.Same(first, Assert.Single(metadata));
    }
}
