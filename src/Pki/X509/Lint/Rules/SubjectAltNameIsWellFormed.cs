using System.Buffers;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Critical exactly when the subject is empty; mailboxes and host names have their syntax; none twice.</summary>
public sealed class SubjectAltNameIsWellFormed : ICertificateRule
{
    public string Name => "subject_alt_name_is_well_formed";

    public string Clause => "RFC 5280 §4.2.1.6";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.SubjectAltName is not { } alternative)
        {
            yield break;
        }

        if (subject.IsCritical(Oids.SubjectAltName) != subject.Tbs.Subject.IsEmpty)
        {
            yield return "subjectAltName must be critical exactly when the subject is empty";
        }

        foreach (var name in alternative.Names)
        {
            if (name.Form == GeneralNameForm.Rfc822Name && !IsMailbox(name.Text!))
            {
                yield return "an rfc822Name is not local-part@domain";
            }

            if (name.Form == GeneralNameForm.DnsName && !IsHostName(name.Text!))
            {
                yield return "a dNSName is not in preferred name syntax";
            }
        }

        if (alternative.Names.Distinct().Count() != alternative.Names.Count)
        {
            yield return "a name appears twice";
        }
    }

    private static readonly SearchValues<char> NotInLocalPart = SearchValues.Create(" <>()[]\\,;:\"");

    private static bool IsMailbox(string text)
    {
        var at = text.LastIndexOf('@');
        return at is > 0 and <= 64 && IsHostName(text[(at + 1)..]) && !text.AsSpan(0, at).ContainsAny(NotInLocalPart);
    }

    private static bool IsHostName(string text) =>
        text.Length is > 0 and <= 253
        && text.Split('.') is var labels
        && labels.Select((label, index) => IsLabel(label) || (index == 0 && label == "*" && labels.Length > 2)).All(ok => ok);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
