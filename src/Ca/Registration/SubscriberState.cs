namespace EContract.Ca.Registration;

/// <summary>The numbers are in the database.</summary>
public enum SubscriberState
{
    Active = 1,
    Deleted = 2,
}
