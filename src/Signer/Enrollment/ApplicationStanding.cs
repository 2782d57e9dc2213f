namespace EContract.Signer.Enrollment;

public enum ApplicationStanding
{
    Approved,
    Issued,
    Expired,
    Withdrawn,
}
