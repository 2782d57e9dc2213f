using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace EContract.Hosting.Settings;

/// <summary>Compares settings as they are written with the type that they are bound to.</summary>
/// <param name="sections">Full names of sections that are judged by themselves.</param>
internal sealed class SettingsShape(IReadOnlySet<string> sections, SettingErrors errors)
{
    private readonly HashSet<string> _unreadable = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Full names of the settings whose values can't be read.</summary>
    public IReadOnlySet<string> Unreadable => _unreadable;

    public void Check(IConfiguration settings, string path, Type type)
    {
        var of = Nullable.GetUnderlyingType(type) ?? type;
        var value = (settings as IConfigurationSection)?.Value;
        if (SettingValue.Is(of))
        {
            CheckValue(settings, path, type, value);
        }
        else if (!string.IsNullOrEmpty(value))
        {
            Refuse(path, "is a single value", "the settings below it, or a list");
        }
        else if (ElementOf(of) is { } element)
        {
            foreach (var child in settings.GetChildren())
            {
                Check(child, child.Path, element);
            }
        }
        else
        {
            CheckProperties(settings, of);
        }
    }

    private void CheckProperties(IConfiguration settings, Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(IsSetting)
            .ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in settings.GetChildren().Where(child => !sections.Contains(child.Path)))
        {
            if (properties.TryGetValue(child.Key, out var of))
            {
                Check(child, child.Path, of);
            }
            else
            {
                errors.AddUnknown(child.Path, child.Key, properties.Keys);
            }
        }
    }

    private void CheckValue(IConfiguration settings, string path, Type type, string? value)
    {
        if (settings.GetChildren().Any())
        {
            Refuse(path, "has settings below it", SettingValue.Describe(type));
        }
        else if (value is not null && !SettingValue.CanRead(type, value))
        {
            Refuse(path, $"is '{value}'", SettingValue.Describe(type));
        }
    }

    private void Refuse(string path, string problem, string right)
    {
        errors.Add(path, problem, right);
        _unreadable.Add(path);
    }

    /// <summary>What the binder sets: a property that can be written, or a collection that can be filled.</summary>
    private static bool IsSetting(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0
        && property.GetMethod is { IsPublic: true }
        && (
            property.SetMethod is { IsPublic: true }
            || (!SettingValue.Is(property.PropertyType) && ElementOf(property.PropertyType) is not null)
        );

    private static Type? ElementOf(Type type)
    {
        if (!typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        var interfaces = type.IsInterface ? type.GetInterfaces().Append(type) : type.GetInterfaces();
        var generic = interfaces.Where(candidate => candidate.IsGenericType).ToList();
        return (
            generic.Find(candidate => candidate.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            ?? generic.Find(candidate => candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        )?.GetGenericArguments()[^1];
    }
}
