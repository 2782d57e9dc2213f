namespace EContract.Signer.Enrollment;

public enum EnrollmentState
{
    /// <summary>Waits for one-time password and PIN.</summary>
    Begun,

    /// <summary>The key is made; the certificate may not be there yet.</summary>
    KeyMade,

    Completed,
}
