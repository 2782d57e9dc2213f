using EContract.Hosting.Health;
using EContract.Tsa.Serials;
using EContract.Tsa.Units;

namespace EContract.Tsa;

/// <summary>Whether this node can issue tokens, and why not.</summary>
internal sealed class TsaHealth(TsuDirectory directory, SerialSource serials, TimeProvider time)
{
    public HealthFinding Judge()
    {
        if (serials.Epoch is null)
        {
            return HealthFinding.Unhealthy("No serial numbers are leased yet.");
        }

        if (serials.IsSuspended)
        {
            return HealthFinding.Unhealthy("The audit log has not taken the serial numbers for too long.");
        }

        HealthFinding[] findings = [.. directory.Units.Select(Judge)];
        HealthState worst = findings.Max(finding => finding.State);
        return new HealthFinding(worst, string.Join(' ', findings.Where(f => f.State == worst).Select(f => f.Reason)));
    }

    private HealthFinding Judge(Tsu unit) =>
        unit.Current is not { } key ? HealthFinding.Unhealthy($"TSU {unit.Name} has no key.")
        : !unit.IsTimeProven ? HealthFinding.Unhealthy($"TSU {unit.Name} can't prove its accuracy.")
        : CertificateProbe.Judge($"The key of TSU {unit.Name}", key.Certificate.UsableUntil, time.GetUtcNow());
}
