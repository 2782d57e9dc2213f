namespace EContract.Ca.Registration;

/// <summary>Who a subscriber is. The numbers are in the database.</summary>
public enum SubscriberKind
{
    Individual = 1,

    /// <summary>Signs as a member of an organisation, in a role.</summary>
    Employee = 2,

    /// <summary>An organisation's seal, used by its authorised operators.</summary>
    Organisation = 3,
}
