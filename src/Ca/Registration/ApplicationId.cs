using System.Diagnostics.CodeAnalysis;

namespace EContract.Ca.Registration;

/// <summary>Identity of an application for a certificate: <c>app_</c> and 26 characters, sorted by the time of making.</summary>
public readonly record struct ApplicationId
{
    private const string Prefix = "app_";

    private ApplicationId(string value) => Value = value;

    public string Value { get; }

    public static ApplicationId Create(DateTimeOffset now) => new(Prefix + TimedIdentity.Create(now));

    public static bool TryParse(string? text, [NotNullWhen(true)] out ApplicationId? id)
    {
        id = TimedIdentity.IsWellFormed(text, Prefix) ? new ApplicationId(text!) : null;
        return id is not null;
    }

    /// <summary>For what the database holds.</summary>
    internal static ApplicationId Stored(string value) => new(value);

    public override string ToString() => Value;
}
