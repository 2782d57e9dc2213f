using System.Diagnostics.CodeAnalysis;

namespace EContract.Ca.Registration;

/// <summary>Identity of a subscriber: <c>sub_</c> and 26 characters, sorted by the time of making.</summary>
public readonly record struct SubscriberId
{
    private const string Prefix = "sub_";

    private SubscriberId(string value) => Value = value;

    public string Value { get; }

    public static SubscriberId Create(DateTimeOffset now) => new(Prefix + TimedIdentity.Create(now));

    public static bool TryParse(string? text, [NotNullWhen(true)] out SubscriberId? id)
    {
        id = TimedIdentity.IsWellFormed(text, Prefix) ? new SubscriberId(text!) : null;
        return id is not null;
    }

    /// <summary>For what the database holds.</summary>
    internal static SubscriberId Stored(string value) => new(value);

    public override string ToString() => Value;
}
