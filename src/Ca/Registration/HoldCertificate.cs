namespace EContract.Ca.Registration;

/// <summary>certificateHold: the status can come back.</summary>
public sealed record HoldCertificate(string SerialNumber) : ChangeOperation
{
    public override string Kind => "hold";
}
