namespace EContract.Ca.Profiles;

/// <summary>A subject alternative name: <paramref name="Form"/> email, dns, ip, uri or other (a UTF8String under <paramref name="Oid"/>).</summary>
public sealed record AlternativeNameTemplate(string Form, string Value, string? Oid = null, bool Optional = false);
