namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A TSA's key is for time-stamping only, and the extension says so critically.</summary>
public sealed class TimeStampingIsSoleAndCritical : ICertificateRule
{
    public string Name => "time_stamping_is_sole_and_critical";

    public string Clause => "RFC 3161 §2.3";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        var purposes = subject.ExtendedKeyUsage?.Purposes ?? [];
        if (purposes.Contains(Oids.TimeStamping) && (purposes.Count != 1 || !subject.IsCritical(Oids.ExtendedKeyUsage)))
        {
            yield return "id-kp-timeStamping is not the sole purpose or not critical";
        }
    }
}
