namespace EContract.Signer.Archive.Register;

/// <summary>What a <see cref="RevocationSweep"/> found.</summary>
/// <param name="Unknown">Certificates of which nothing could be learnt.</param>
public sealed record SweepResult(int Checked, int Revoked, int Unknown, long DocumentsChanged);
