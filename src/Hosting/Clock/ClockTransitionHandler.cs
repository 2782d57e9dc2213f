namespace EContract.Hosting.Clock;

/// <summary>Told of every transition, in order. Register any number in the container.</summary>
public delegate Task ClockTransitionHandler(ClockTransition transition, CancellationToken cancellationToken);
