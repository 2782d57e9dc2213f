using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Serilog.Core;
using Serilog.Events;

namespace EContract.Hosting.Logging;

/// <summary>
/// What must not be taken apart for a log line: secrets, protobuf messages (they carry PINs and OTPs), and bytes of any kind.
/// </summary>
internal sealed class RefusedForLogs : IDestructuringPolicy
{
    public bool TryDestructure(
        object value,
        ILogEventPropertyValueFactory propertyValueFactory,
        [NotNullWhen(true)] out LogEventPropertyValue? result
    )
    {
        result = value switch
        {
            Secret => new ScalarValue("(secret)"),
            IMessage message => new ScalarValue($"({message.Descriptor.FullName})"),
            ReadOnlyMemory<byte> or Memory<byte> or byte[] => new ScalarValue("(bytes)"),
            _ => null,
        };
        return result is not null;
    }
}
