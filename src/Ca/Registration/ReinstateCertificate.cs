namespace EContract.Ca.Registration;

/// <summary>Ends a hold.</summary>
public sealed record ReinstateCertificate(string SerialNumber) : ChangeOperation
{
    public override string Kind => "reinstate";
}
