namespace EContract.Hosting.Health;

/// <summary>Judges how long a certificate still lives.</summary>
public static class CertificateProbe
{
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);

    public static HealthFinding Judge(string name, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var left = notAfter - now;
        return left switch
        {
            _ when left <= TimeSpan.Zero => HealthFinding.Unhealthy($"{name} expired on {notAfter:yyyy-MM-dd}."),
            _ when left < WarnBefore => HealthFinding.Degraded($"{name} expires in {left.TotalDays:0} days, on {notAfter:yyyy-MM-dd}."),
            _ => HealthFinding.Healthy($"{name} is valid until {notAfter:yyyy-MM-dd}."),
        };
    }
}
