using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace EContract.Hosting.Settings;

/// <summary>Values of single settings.</summary>
internal static class SettingValue
{
    public static bool Is(Type type) =>
        type == typeof(byte[]) || TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).CanConvertFrom(typeof(string));

    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "Converters throw what they like; any of it means that they can't read the value."
    )]
    public static bool CanRead(Type type, string value)
    {
        var of = Nullable.GetUnderlyingType(type) ?? type;
        if (of == typeof(string) || (value.Length == 0 && of != type))
        {
            return true;
        }

        try
        {
            return of.IsEnum ? Enum.TryParse(of, value, ignoreCase: true, out var name) && Enum.IsDefined(of, name)
                : of == typeof(byte[]) ? Convert.FromBase64String(value) is not null
                : TypeDescriptor.GetConverter(of).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public static string Describe(Type type)
    {
        var of = Nullable.GetUnderlyingType(type) ?? type;
        return of switch
        {
            { IsEnum: true } => string.Join(", ", Enum.GetNames(of)),
            _ when of == typeof(bool) => "'true' or 'false'",
            _ when of == typeof(TimeSpan) => "a duration, for example '00:00:30'",
            _ when of == typeof(DateTimeOffset) => "a time, for example '2026-01-31T00:00:00Z'",
            _ when of == typeof(Uri) => "an address, for example 'https://host/path'",
            _ when of == typeof(int) || of == typeof(long) || of == typeof(short) || of == typeof(byte) => "a whole number",
            _ when of == typeof(double) || of == typeof(decimal) => "a number",
            _ => "a single value",
        };
    }
}
