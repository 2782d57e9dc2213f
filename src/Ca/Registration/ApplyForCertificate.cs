namespace EContract.Ca.Registration;

/// <summary>A further or a replacing certificate.</summary>
public sealed record ApplyForCertificate(string SubscriberId, string Profile, string? ReplacesSerialNumber) : ChangeOperation
{
    public override string Kind => "apply";
}
