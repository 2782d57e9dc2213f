namespace EContract.Pki.X509.Lint;

/// <summary>A rule that is broken.</summary>
public sealed record Finding(string Rule, string Clause, string Detail)
{
    public override string ToString() => $"{Rule} ({Clause}): {Detail}";
}
