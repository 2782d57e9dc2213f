namespace EContract.Pki.X509.Lint.Rules;

/// <summary>The serial number is positive and has at most 20 octets.</summary>
public sealed class SerialIsPositiveAndShort : ICertificateRule
{
    public string Name => "serial_is_positive_and_short";

    public string Clause => "RFC 5280 §4.1.2.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (!subject.Tbs.SerialNumber.IsConforming)
        {
            yield return "the serial number is not positive or longer than 20 octets";
        }
    }
}
