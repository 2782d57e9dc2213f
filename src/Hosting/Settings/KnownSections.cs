using Microsoft.Extensions.Configuration;

namespace EContract.Hosting.Settings;

/// <summary>Names at the top of the configuration that are right although no section of this process is called so.</summary>
/// <param name="Written">
/// What the operator wrote: file, prefixed variables, command line. (The host's whole configuration holds every variable of the environment.)
/// </param>
/// <param name="Others">Sections of roles that this process doesn't serve: one file may serve many processes.</param>
public sealed record KnownSections(IConfiguration Written, IReadOnlyList<string> Others);
