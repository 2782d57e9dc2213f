namespace EContract.Pki.X509;

/// <summary>The context tags of GeneralName (RFC 5280 §4.2.1.6).</summary>
public enum GeneralNameForm
{
    OtherName = 0,
    Rfc822Name = 1,
    DnsName = 2,
    X400Address = 3,
    DirectoryName = 4,
    EdiPartyName = 5,
    Uri = 6,
    IpAddress = 7,
    RegisteredId = 8,
}
