namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A delegated responder may only sign OCSP, and says nocheck, as nobody can ask a responder about itself.</summary>
public sealed class OcspSigningHasNoCheck : ICertificateRule
{
    public string Name => "ocsp_signing_has_no_check";

    public string Clause => "RFC 6960 §4.2.2.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        var purposes = subject.ExtendedKeyUsage?.Purposes ?? [];
        var responder = purposes.Contains(Oids.OcspSigning);
        if (responder != subject.Tbs.Extensions.Find(Oids.OcspNoCheck) is not null)
        {
            yield return "id-kp-OCSPSigning and id-pkix-ocsp-nocheck do not come together";
        }

        if (responder && purposes.Count != 1)
        {
            yield return "an OCSP responder has further purposes";
        }
    }
}
