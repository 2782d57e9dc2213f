using EContract.Pki.X509.Extensions;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A key that commits its holder to content (nonRepudiation) neither encrypts nor agrees on keys.</summary>
public sealed class SignatureKeyUsageIsPure : ICertificateRule
{
    public string Name => "signature_key_usage_is_pure";

    public string Clause => "EN 319 412-2 §4.3.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.KeyUsage is { } usage && usage.Usages.HasFlag(KeyUsages.NonRepudiation) && (usage.Usages & Encrypting) != 0)
        {
            yield return "nonRepudiation together with a key usage for encryption";
        }
    }

    private const KeyUsages Encrypting = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;
}
