using Google.Protobuf.Reflection;

namespace EContract.Grpc.Reflection;

/// <summary>Finds descriptor files by name, by symbol and by extension, among all that some services reach.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var service in services)
        {
            Add(service.File);
        }
    }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    /// <param name="symbol">Full name of a service, method, message, field, oneof, enum, enum value or extension.</param>
    public FileDescriptor? FindSymbol(string symbol) => _symbols.GetValueOrDefault(symbol);

    public FileDescriptor? FindExtension(string containingType, int number) =>
        _extensions.TryGetValue(containingType, out var numbers) ? numbers.GetValueOrDefault(number) : null;

    /// <summary>Null if there is no such message type.</summary>
    public IEnumerable<int>? FindExtensionNumbers(string messageType) =>
        _extensions.TryGetValue(messageType, out var numbers) ? numbers.Keys
        : IsMessage(messageType) ? []
        : null;

    private bool IsMessage(string name) =>
        _symbols.TryGetValue(name, out var file) && file.FindTypeByName<MessageDescriptor>(Relative(file, name)) is not null;

    private static string Relative(FileDescriptor file, string name) => file.Package.Length == 0 ? name : name[(file.Package.Length + 1)..];

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (var message in file.MessageTypes)
        {
            Add(message);
        }

        foreach (var type in file.EnumTypes)
        {
            Add(type);
        }

        AddExtensions(file, file.Extensions.UnorderedExtensions);
        foreach (var dependency in file.Dependencies)
        {
            Add(dependency);
        }
    }

    private void Add(MessageDescriptor message)
    {
        _symbols[message.FullName] = message.File;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = message.File;
        }

        foreach (var oneof in message.Oneofs)
        {
            _symbols[oneof.FullName] = message.File;
        }

        foreach (var nested in message.NestedTypes)
        {
            Add(nested);
        }

        foreach (var type in message.EnumTypes)
        {
            Add(type);
        }

        AddExtensions(message.File, message.Extensions.UnorderedExtensions);
    }

    private void Add(EnumDescriptor type)
    {
        _symbols[type.FullName] = type.File;
        // Values live beside their enum, not inside it (C++ scoping rules, as in descriptor.proto).
        var scope = type.ContainingType?.FullName ?? type.File.Package;
        foreach (var value in type.Values)
        {
            _symbols[scope.Length == 0 ? value.Name : $"{scope}.{value.Name}"] = type.File;
        }
    }

    private void AddExtensions(FileDescriptor file, IEnumerable<FieldDescriptor> extensions)
    {
        foreach (var extension in extensions)
        {
            _symbols[extension.FullName] = file;
            var extended = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(extended, out var numbers))
            {
                _extensions.Add(extended, numbers = []);
            }

            numbers[extension.FieldNumber] = file;
        }
    }
}
