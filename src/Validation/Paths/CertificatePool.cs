using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Validation.Sources;

namespace EContract.Validation.Paths;

/// <summary>Certificates, CRLs and OCSP responses that a verifier has at hand, by name. Nothing in it is trusted.</summary>
public sealed class CertificatePool
{
    private readonly Dictionary<string, List<Certificate>> _bySubject = [];
    private readonly Dictionary<string, List<CertificateRevocationList>> _byIssuer = [];
    private readonly Dictionary<SerialNumber, List<OcspAnswer>> _bySerial = [];

    public CertificatePool(IEnumerable<Certificate> certificates, IEnumerable<CertificateRevocationList> crls)
    {
        foreach (var certificate in certificates)
        {
            Add(certificate);
        }

        foreach (var crl in crls)
        {
            Add(crl);
        }
    }

    public void Add(Certificate certificate)
    {
        var list = ListAt(_bySubject, certificate.Tbs.Subject);
        if (!list.Contains(certificate))
        {
            list.Add(certificate);
        }
    }

    public void Add(CertificateRevocationList crl) => ListAt(_byIssuer, crl.Issuer).Add(crl);

    /// <summary>Found by each serial number that it speaks of.</summary>
    public void Add(OcspAnswer answer)
    {
        foreach (var serial in answer.Response.Data.Responses.Select(r => r.CertId.SerialNumber).Distinct())
        {
            if (!_bySerial.TryGetValue(serial, out var list))
            {
                _bySerial[serial] = list = [];
            }

            list.Add(answer);
        }
    }

    /// <summary>Answers on a certificate of this serial number, whoever issued it.</summary>
    public IReadOnlyList<OcspAnswer> FindOcspAnswers(SerialNumber serial) => _bySerial.TryGetValue(serial, out var found) ? found : [];

    public IReadOnlyList<Certificate> FindBySubject(DistinguishedName subject) =>
        _bySubject.TryGetValue(NameMatcher.Key(subject), out var found) ? found : [];

    public IReadOnlyList<CertificateRevocationList> FindCrls(DistinguishedName issuer) =>
        _byIssuer.TryGetValue(NameMatcher.Key(issuer), out var found) ? found : [];

    private static List<T> ListAt<T>(Dictionary<string, List<T>> index, DistinguishedName name)
    {
        var key = NameMatcher.Key(name);
        if (!index.TryGetValue(key, out var list))
        {
            index[key] = list = [];
        }

        return list;
    }
}
