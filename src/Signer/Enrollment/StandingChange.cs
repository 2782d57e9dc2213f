namespace EContract.Signer.Enrollment;

/// <summary>A certificate's standing changed.</summary>
/// <param name="Cursor">Where the feed goes on after it.</param>
public sealed record StandingChange(string Cursor, string SerialNumber, CertificateStanding Standing, string Reason);
