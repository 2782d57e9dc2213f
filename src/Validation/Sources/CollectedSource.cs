using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Validation.Paths;

namespace EContract.Validation.Sources;

/// <summary>
/// What is at hand, in memory: collected from a document's security store, from CMS, from configured files. Adding bytes that can't be
/// read leaves them out: a broken certificate in a bag must not spoil the others. Not for use by several threads while it grows.
/// </summary>
public sealed class CollectedSource : IValidationSource
{
    private readonly HashSet<Certificate> _certificates = [];
    private readonly HashSet<OcspAnswer> _answers = [];
    private readonly Dictionary<string, CertificateRevocationList> _lists = [];
    private readonly CertificatePool _pool = new([], []);

    /// <summary>Every certificate, each once, in the order of adding.</summary>
    public IReadOnlyCollection<Certificate> Certificates => _certificates;

    public IReadOnlyCollection<CertificateRevocationList> Crls => _lists.Values;

    public IReadOnlyCollection<OcspAnswer> OcspResponses => _answers;

    /// <summary>The same by name and serial number, for the path validator.</summary>
    public CertificatePool Pool => _pool;

    public bool Add(Certificate certificate)
    {
        if (!_certificates.Add(certificate))
        {
            return false;
        }

        _pool.Add(certificate);
        return true;
    }

    public bool Add(CertificateRevocationList crl)
    {
        if (!_lists.TryAdd(DigestKey(crl.Encoded), crl))
        {
            return false;
        }

        _pool.Add(crl);
        return true;
    }

    /// <summary>Also takes the certificates that came with the answer: its signer's is among them.</summary>
    public bool Add(OcspAnswer answer)
    {
        if (!_answers.Add(answer))
        {
            return false;
        }

        _pool.Add(answer);
        foreach (var certificate in answer.Response.Certs)
        {
            Add(certificate);
        }

        return true;
    }

    /// <summary>Adds all that another one holds.</summary>
    public void AddAll(CollectedSource other)
    {
        foreach (var certificate in other.Certificates)
        {
            Add(certificate);
        }

        foreach (var crl in other.Crls)
        {
            Add(crl);
        }

        foreach (var answer in other.OcspResponses)
        {
            Add(answer);
        }
    }

    /// <summary>Adds a certificate's DER or PEM; false if it can't be read, or is known.</summary>
    public bool TryAddCertificate(ReadOnlyMemory<byte> encoded) =>
        TryRead(Certificate.Parse, encoded) is { } certificate && Add(certificate);

    /// <summary>Adds a CRL's DER; false if it can't be read, or is known.</summary>
    public bool TryAddCrl(ReadOnlyMemory<byte> encoded) => TryRead(CertificateRevocationList.Decode, encoded) is { } crl && Add(crl);

    /// <summary>Adds an OCSPResponse's DER; false if it can't be read, refuses, or is known.</summary>
    public bool TryAddOcspResponse(ReadOnlyMemory<byte> encoded) => TryRead(OcspAnswer.Decode, encoded) is { } answer && Add(answer);

    /// <summary>Adds what can be read of each kind, as they are encoded.</summary>
    public void TryAddAll(
        IEnumerable<ReadOnlyMemory<byte>> certificates,
        IEnumerable<ReadOnlyMemory<byte>> crls,
        IEnumerable<ReadOnlyMemory<byte>> ocspResponses
    )
    {
        foreach (var certificate in certificates)
        {
            TryAddCertificate(certificate);
        }

        foreach (var crl in crls)
        {
            TryAddCrl(crl);
        }

        foreach (var response in ocspResponses)
        {
            TryAddOcspResponse(response);
        }
    }

    public ValueTask<IReadOnlyList<Certificate>> FindIssuersAsync(Certificate certificate, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_pool.FindBySubject(certificate.Tbs.Issuer));

    public ValueTask<IReadOnlyList<CertificateRevocationList>> FindCrlsAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(_pool.FindCrls(certificate.Tbs.Issuer));

    public ValueTask<IReadOnlyList<OcspAnswer>> FindOcspResponsesAsync(
        Certificate certificate,
        Certificate issuer,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(_pool.FindOcspAnswers(certificate.Tbs.SerialNumber));

    private static T? TryRead<T>(Func<ReadOnlyMemory<byte>, T> decode, ReadOnlyMemory<byte> encoded)
        where T : class
    {
        try
        {
            return decode(encoded);
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            return null; // Certificate.Parse: a PEM text whose Base64 is broken
        }
    }

    private static string DigestKey(ReadOnlyMemory<byte> encoded) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(encoded.Span));
}
