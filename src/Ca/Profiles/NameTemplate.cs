namespace EContract.Ca.Profiles;

/// <summary>An attribute of the subject. The value may hold placeholders, e.g. <c>{name}</c>.</summary>
/// <param name="Type">Short name (CN, O …) or dotted OID.</param>
/// <param name="Optional">Left out if a placeholder has no value; otherwise that is a refusal.</param>
public sealed record NameTemplate(string Type, string Value, bool Optional = false);
