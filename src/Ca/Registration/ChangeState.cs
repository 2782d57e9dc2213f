namespace EContract.Ca.Registration;

/// <summary>The numbers are in the database.</summary>
public enum ChangeState
{
    Waiting = 1,
    Applied = 2,
    Rejected = 3,
}
