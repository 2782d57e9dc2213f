using Grpc.Core;

namespace EContract.Grpc.Calls;

/// <summary>The deadline that a call has to keep: its own or that of the call it serves, whichever is earlier.</summary>
internal static class CallDeadline
{
    /// <returns>UTC, or null for none.</returns>
    /// <exception cref="InvalidOperationException">A local or unspecified time: it would mean another instant on another machine.</exception>
    public static DateTime? Of(in CallOptions options)
    {
        var own = options.Deadline is { } deadline ? Checked(deadline) : DateTime.MaxValue;
        var parent = options.PropagationToken is { Options.IsPropagateDeadline: true, ParentDeadline: { } given }
            ? given
            : DateTime.MaxValue;
        var earlier = own < parent ? own : parent;
        return earlier == DateTime.MaxValue ? null : earlier;
    }

    private static DateTime Checked(DateTime deadline) =>
        deadline.Kind == DateTimeKind.Utc || deadline == DateTime.MaxValue || deadline == DateTime.MinValue
            ? deadline
            : throw new InvalidOperationException(
                "Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue."
            );
}
