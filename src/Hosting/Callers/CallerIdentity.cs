using System.Collections.Frozen;

namespace EContract.Hosting.Callers;

/// <summary>Who calls: the named caller that the client certificate stands for.</summary>
public sealed record CallerIdentity
{
    /// <summary>The caller's configured name; the audit log records it.</summary>
    public required string Name { get; init; }

    public required IReadOnlySet<Role> Roles { get; init; }

    /// <summary>Organisations whose subscribers the caller may act for; null: all.</summary>
    public IReadOnlySet<string>? Organisations { get; init; }

    /// <summary>Upper-case hexadecimal SHA-256 of the client certificate; null for a call within the process.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>A role of this service that calls another one within the process, where no certificate is shown.</summary>
    public static CallerIdentity Internal(string name) => new() { Name = name, Roles = new[] { Role.Service }.ToFrozenSet() };

    public bool Holds(Role role) => Roles.Contains(role);

    public bool MayActFor(string? organisation) =>
        Organisations is null || (organisation is not null && Organisations.Contains(organisation));
}
