namespace EContract.Hosting.Clock;

/// <summary>Something changed in what is known about the clock.</summary>
/// <param name="Kind">What, as the audit log names it.</param>
/// <param name="Details">Facts, names in snake_case.</param>
public sealed record ClockTransition(ClockTransitionKind Kind, IReadOnlyDictionary<string, string> Details);
