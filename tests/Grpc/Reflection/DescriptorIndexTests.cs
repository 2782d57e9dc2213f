using EContract.Grpc.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace EContract.Grpc.Tests.Reflection;

public sealed class DescriptorIndexTests
{
    private readonly DescriptorIndex _index;

    public DescriptorIndexTests()
    {
        var file = new FileDescriptorProto
        {
            Name = "ext.proto",
            Package = "ext",
            Syntax = "proto2",
        };
        var extended = new DescriptorProto { Name = "Extended" };
        extended.ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 100, End = 200 });
        var holder = new DescriptorProto { Name = "Holder" };
        holder.Extension.Add(Extension("nested", 120));
        file.MessageType.Add(extended);
        file.MessageType.Add(holder);
        file.Extension.Add(Extension("outer", 110));
        var service = new ServiceDescriptorProto { Name = "Service" };
        service.Method.Add(
            new MethodDescriptorProto
            {
                Name = "Call",
                InputType = ".ext.Extended",
                OutputType = ".ext.Extended",
            }
        );
        file.Service.Add(service);
        _index = new DescriptorIndex(FileDescriptor.BuildFromByteStrings([file.ToByteString()])[0].Services);
    }

    [Theory]
    [InlineData(110)]
    [InlineData(120)]
    public void Extensions_are_found_by_type_and_number(int number) =>
        Assert.Equal("ext.proto", _index.FindExtension("ext.Extended", number)?.Name);

    [Fact]
    public void Extension_numbers_come_in_order() => Assert.Equal([110, 120], _index.FindExtensionNumbers("ext.Extended"));

    [Theory]
    [InlineData("ext.outer")]
    [InlineData("ext.Holder.nested")]
    [InlineData("ext.Service.Call")]
    public void Extensions_and_methods_are_symbols(string symbol) => Assert.Equal("ext.proto", _index.FindSymbol(symbol)?.Name);

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Null(_index.FindExtension("ext.Extended", 111));
        Assert.Null(_index.FindExtension("ext.Holder", 110));
        Assert.Null(_index.FindExtensionNumbers("ext.Service"));
        Assert.Null(_index.FindSymbol("ext"));
        Assert.Null(_index.FindFile("Ext.proto"));
    }

    private static FieldDescriptorProto Extension(string name, int number) =>
        new()
        {
            Name = name,
            Number = number,
            Extendee = ".ext.Extended",
            Type = FieldDescriptorProto.Types.Type.String,
            Label = FieldDescriptorProto.Types.Label.Optional,
        };
}
