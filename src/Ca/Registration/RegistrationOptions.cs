namespace EContract.Ca.Registration;

/// <summary>Settings under <c>Ca:Registration</c>.</summary>
public sealed class RegistrationOptions
{
    /// <summary>Operations that take effect without an approver (R2): register, update, delete, apply, revoke, hold, reinstate, unlock.</summary>
    public List<string> WithoutApproval { get; set; } = [];

    /// <summary>How long an approved application waits for its certificate.</summary>
    public TimeSpan ApplicationLifetime { get; set; } = TimeSpan.FromDays(90);
}
