using System.Text;
using EContract.Hosting.Clock;

namespace EContract.Tsa.Evidence;

/// <summary>Records what the clock guard tells.</summary>
internal static class ClockEvidence
{
    public static ClockTransitionHandler Into(RecordTsaEvent record) =>
        (transition, cancellationToken) =>
        {
            bool good =
                transition.Kind is ClockTransitionKind.Proven or ClockTransitionKind.SourceAgrees or ClockTransitionKind.LeapAnnounced;
            string action = $"clock.{SnakeCase(transition.Kind.ToString())}";
            return record(new TsaEvent(action, "clock", Environment.MachineName, good, transition.Details), cancellationToken);
        };

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
