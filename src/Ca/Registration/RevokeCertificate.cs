using EContract.Pki.Crl;

namespace EContract.Ca.Registration;

/// <summary>R12.</summary>
public sealed record RevokeCertificate(string SerialNumber, CrlReason Reason, DateTimeOffset? InvalidityDate) : ChangeOperation
{
    public override string Kind => "revoke";
}
