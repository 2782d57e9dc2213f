using System.Diagnostics.CodeAnalysis;

namespace EContract.Ca.Registration;

/// <summary>Identity of a change under maker and approver: <c>chg_</c> and 26 characters, sorted by the time of making.</summary>
public readonly record struct ChangeId
{
    private const string Prefix = "chg_";

    private ChangeId(string value) => Value = value;

    public string Value { get; }

    public static ChangeId Create(DateTimeOffset now) => new(Prefix + TimedIdentity.Create(now));

    public static bool TryParse(string? text, [NotNullWhen(true)] out ChangeId? id)
    {
        id = TimedIdentity.IsWellFormed(text, Prefix) ? new ChangeId(text!) : null;
        return id is not null;
    }

    /// <summary>For what the database holds.</summary>
    internal static ChangeId Stored(string value) => new(value);

    public override string ToString() => Value;
}
