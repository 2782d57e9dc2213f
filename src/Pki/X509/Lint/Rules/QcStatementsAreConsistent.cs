namespace EContract.Pki.X509.Lint.Rules;

/// <summary>No statement twice; a statement on the qualified device or type needs esi4-qcStatement-1 (QcCompliance).</summary>
public sealed class QcStatementsAreConsistent : ICertificateRule
{
    public string Name => "qc_statements_are_consistent";

    public string Clause => "EN 319 412-5 §4.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.QcStatements is not { } statements)
        {
            yield break;
        }

        var ids = statements.Statements.Select(s => s.Id).ToList();
        if (ids.Distinct().Count() != ids.Count)
        {
            yield return "a statement appears twice";
        }

        if (ids.Exists(id => id is QcSscd or QcType) && !ids.Contains(QcCompliance))
        {
            yield return "QcSSCD or QcType without QcCompliance";
        }
    }

    private const string QcCompliance = "0.4.0.1862.1.1";
    private const string QcSscd = "0.4.0.1862.1.4";
    private const string QcType = "0.4.0.1862.1.6";
}
