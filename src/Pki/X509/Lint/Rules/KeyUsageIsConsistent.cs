using EContract.Pki.X509.Extensions;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>keyUsage is present, critical, not empty; keyCertSign and cRLSign belong to CAs.</summary>
public sealed class KeyUsageIsConsistent : ICertificateRule
{
    public string Name => "key_usage_is_consistent";

    public string Clause => "RFC 5280 §4.2.1.3";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.KeyUsage is not { } usage || usage.Usages == KeyUsages.None)
        {
            yield return "keyUsage is missing or empty";
            yield break;
        }

        if (!subject.IsCritical(Oids.KeyUsage))
        {
            yield return "keyUsage is not critical";
        }

        if (usage.Usages.HasFlag(KeyUsages.KeyCertSign) != subject.IsCertificateAuthority)
        {
            yield return "keyCertSign and cA do not agree";
        }

        if ((usage.Usages & (KeyUsages.EncipherOnly | KeyUsages.DecipherOnly)) != 0 && !usage.Usages.HasFlag(KeyUsages.KeyAgreement))
        {
            yield return "encipherOnly or decipherOnly without keyAgreement";
        }
    }
}
