using System.Security.Cryptography;
using System.Text;
using EContract.Pdf;
using EContract.Signer.Identities;
using EContract.Signer.Signing;

namespace EContract.Signer.Tests.Rig;

/// <summary>Orders that tests begin with.</summary>
internal static class Order
{
    public static DigestOrder Raw(string content = "契約", HashAlgorithmName? hash = null, bool pss = false) =>
        Of(content, ItemFormat.Raw, ItemLevel.Basic, hash, pss);

    public static DigestOrder Cades(string content = "契約", ItemLevel level = ItemLevel.Basic, bool attached = false, bool pss = false) =>
        Of(content, ItemFormat.Cades, level, null, pss) with
        {
            Content = attached ? Encoding.UTF8.GetBytes(content) : null,
        };

    public static PdfOrder Pdf(DocumentId document, string role = "債務者", ItemLevel level = ItemLevel.Basic, int? version = null) =>
        new(document, version, null, null, null, "契約に同意します", "東京", CertificationLevel.None, role, level, false);

    private static DigestOrder Of(string content, ItemFormat format, ItemLevel level, HashAlgorithmName? hash, bool pss)
    {
        var name = hash ?? HashAlgorithmName.SHA256;
        return new DigestOrder(
            $"{content}.txt",
            name,
            CryptographicOperations.HashData(name, Encoding.UTF8.GetBytes(content)),
            null,
            format,
            "",
            level,
            pss
        );
    }
}
