namespace EContract.Pki.X509.Lint;

/// <summary>One sentence of a standard that a certificate keeps or breaks. One rule per file; stateless.</summary>
public interface ICertificateRule
{
    /// <summary>snake_case, stable: reports and exceptions to rules name it.</summary>
    string Name { get; }

    /// <summary>e.g. "RFC 5280 §4.1.2.2".</summary>
    string Clause { get; }

    /// <summary>What is wrong; nothing if the rule holds or doesn't apply.</summary>
    IEnumerable<string> Check(CertificateUnderLint subject);
}
