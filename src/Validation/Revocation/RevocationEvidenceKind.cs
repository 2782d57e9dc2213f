namespace EContract.Validation.Revocation;

/// <summary>Which kind of revocation data a piece of evidence is.</summary>
public enum RevocationEvidenceKind
{
    Crl,
    Ocsp,
}
