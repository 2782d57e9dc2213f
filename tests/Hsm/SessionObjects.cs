using System.Runtime.InteropServices;
using System.Text;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;
using Xunit;

namespace EContract.Hsm.Tests;

/// <summary>What lies about on a token beside its token objects, as a session sees it.</summary>
internal static class SessionObjects
{
    private static readonly (string Name, uint Type)[] Attributes =
    [
        ("CKA_CLASS", Pkcs11.CKA_CLASS),
        ("CKA_KEY_TYPE", Pkcs11.CKA_KEY_TYPE),
        ("CKA_PRIVATE", Pkcs11.CKA_PRIVATE),
        ("CKA_SENSITIVE", Pkcs11.CKA_SENSITIVE),
        ("CKA_EXTRACTABLE", Pkcs11.CKA_EXTRACTABLE),
        ("CKA_SIGN", Pkcs11.CKA_SIGN),
        ("CKA_SIGN_RECOVER", Pkcs11.CKA_SIGN_RECOVER),
        ("CKA_ENCRYPT", Pkcs11.CKA_ENCRYPT),
        ("CKA_DECRYPT", Pkcs11.CKA_DECRYPT),
        ("CKA_WRAP", Pkcs11.CKA_WRAP),
        ("CKA_UNWRAP", Pkcs11.CKA_UNWRAP),
        ("CKA_DERIVE", Pkcs11.CKA_DERIVE),
    ];

    /// <summary>The labels of all session objects, "" for those without one.</summary>
    public static Task<string[]> LabelsAsync(Token token, CancellationToken cancellationToken) =>
        token.Core.RunAsync(
            "count",
            session =>
                Find(session, onToken: false, null)
                    .Select(found => Encoding.UTF8.GetString(session.Attribute(found, Pkcs11.CKA_LABEL) ?? []))
                    .ToArray(),
            cancellationToken
        );

    /// <summary>Rights and protections of a token key and of its session copy, each as one line of text.</summary>
    public static Task<(string Original, string Copy)> WithCopyAsync(Token token, string label, CancellationToken cancellationToken) =>
        token.Core.RunAsync(
            "compare",
            session =>
                (
                    Describe(session, Assert.Single(Find(session, onToken: true, label))),
                    Describe(session, Assert.Single(Find(session, onToken: false, label)))
                ),
            cancellationToken
        );

    private static CULong[] Find(Session session, bool onToken, string? label)
    {
        using var template = new AttributeTemplate().Add(Pkcs11.CKA_TOKEN, onToken);
        if (label is not null)
        {
            template.Add(Pkcs11.CKA_LABEL, label);
            template.Add(Pkcs11.CKA_PRIVATE, true);
        }

        return session.Find(template, 256);
    }

    private static string Describe(Session session, CULong key) =>
        string.Join(
            ' ',
            Attributes.Select(a => $"{a.Name}={(session.Attribute(key, a.Type) is { } value ? Convert.ToHexString(value) : "-")}")
        );
}
