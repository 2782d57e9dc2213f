using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Ca.Revocation;

/// <summary>What a CRL of ours must be; checked on a copy that a throwaway key signed.</summary>
internal static class CrlLint
{
    /// <exception cref="ServiceException"><see cref="Fault.CertificateLintFailed"/>.</exception>
    public static void Require(ReadOnlyMemory<byte> encoded, CrlScope scope, Certificate issuer, int expectedEntries)
    {
        var findings = Check(encoded, scope, issuer, expectedEntries).ToList();
        if (findings.Count > 0)
        {
            throw new ServiceException(Fault.CertificateLintFailed, $"CRL {scope.Authority}/{scope.Name}: {string.Join("; ", findings)}");
        }
    }

    private static IEnumerable<string> Check(ReadOnlyMemory<byte> encoded, CrlScope scope, Certificate issuer, int expectedEntries)
    {
        var crl = CertificateRevocationList.Decode(encoded);
        if (crl.Version != 2 || !crl.Issuer.Equals(issuer.Tbs.Subject))
        {
            yield return "not v2, or not the CA's name (RFC 5280 §5.1.2)";
        }

        if (crl.NextUpdate is not { } next || next <= crl.ThisUpdate)
        {
            yield return "nextUpdate is missing or not after thisUpdate (RFC 5280 §5.1.2.5)";
        }

        if (crl.CrlNumber is not { Sign: > 0 })
        {
            yield return "cRLNumber is missing or not positive (RFC 5280 §5.2.3)";
        }

        if (crl.Extensions.Find(Oids.AuthorityKeyIdentifier) is null)
        {
            yield return "authorityKeyIdentifier is missing (RFC 5280 §5.2.1)";
        }

        if ((crl.BaseCrlNumber is not null) != scope.Delta || (crl.BaseCrlNumber is { } number && number >= crl.CrlNumber))
        {
            yield return "deltaCRLIndicator is not what the scope wants (RFC 5280 §5.2.4)";
        }

        // RFC 5280 §5.2.5: a CRL of less than all certificates says so critically.
        var partition = crl.Extensions.Find(Oids.IssuingDistributionPoint);
        if ((partition is { Critical: true }) != scope.Shard.HasValue)
        {
            yield return "issuingDistributionPoint is not what the scope wants (RFC 5280 §5.2.5)";
        }

        var entries = 0;
        var serials = new HashSet<SerialNumber>(expectedEntries);
        foreach (var entry in crl.ReadEntries())
        {
            entries++;
            if (!serials.Add(entry.SerialNumber))
            {
                yield return $"{entry.SerialNumber} is listed twice";
            }

            if (entry.Reason == CrlReason.RemoveFromCrl && !scope.Delta)
            {
                yield return "removeFromCRL in a complete CRL (RFC 5280 §5.3.1)";
            }
        }

        if (entries != expectedEntries)
        {
            yield return $"{entries} entries instead of {expectedEntries}";
        }
    }
}
