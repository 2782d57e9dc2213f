namespace EContract.Hosting.Callers;

/// <summary>Roles as configuration spells them.</summary>
public static class RoleNames
{
    private static readonly Dictionary<string, Role> ByName = Enum.GetValues<Role>().ToDictionary(role => role.Name());

    public static IEnumerable<string> All => ByName.Keys;

    /// <summary>In kebab-case: <c>ra-maker</c>.</summary>
    public static string Name(this Role role) =>
        string.Concat(role.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    public static bool TryParse(string name, out Role role) => ByName.TryGetValue(name.ToLowerInvariant(), out role);
}
