namespace EContract.Ca.Registration;

/// <summary>The numbers are in the database. An approved application past its time is expired without a write.</summary>
public enum ApplicationState
{
    Approved = 1,
    Issued = 2,
    Expired = 3,
    Withdrawn = 4,
}
