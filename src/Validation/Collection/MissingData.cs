using EContract.Pki.X509;

namespace EContract.Validation.Collection;

/// <summary>Something without which a signature does not stay verifiable.</summary>
/// <param name="What">Of which kind.</param>
/// <param name="Reason">For people, with every place that was asked.</param>
/// <param name="RetryAt">When it may be there; null: not known.</param>
public sealed record MissingData(Certificate Certificate, MissingKind What, string Reason, DateTimeOffset? RetryAt = null)
{
    public override string ToString() => $"{Certificate.Tbs.Subject} ({Certificate.Tbs.SerialNumber}): {Reason}";
}
