namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A serial number of 128 random bits is practically never shorter than 12 octets; a shorter one hints at a counter, which an attacker of the hash could predict.</summary>
public sealed class SerialHasEntropy : ICertificateRule
{
    public string Name => "serial_has_entropy";

    public string Clause => "EContract CPS";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.SerialNumber.Content.Length < 12)
        {
            yield return "the serial number is too short to be 128 random bits";
        }
    }
}
