using System.Security.Cryptography;
using System.Text;
using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>Looks into preserved documents, and has OpenSSL judge each time-stamp token.</summary>
internal static class Preserved
{
    public static SecurityStoreContent In(byte[] pdf) => SecurityStore.Read(PdfDocument.Open(pdf));

    /// <summary>Every token of the PDF, signature and document time-stamps, covers what it says it does, by OpenSSL's word.</summary>
    public static async Task RequireTokensAsync(byte[] pdf, string rootPem, int expected, DateTimeOffset? at = null)
    {
        var reader = new SignatureReader(PdfDocument.Open(pdf));
        var found = 0;
        foreach (var signature in reader.Signatures)
        {
            if (signature.IsTimeStamp)
            {
                var hash = HashOf(TimeStampToken.Decode(signature.Cms));
                using var digest = IncrementalHash.CreateHash(hash);
                reader.ReadCovered(signature, digest.AppendData);
                await RequireAsync(signature.Cms, digest.GetHashAndReset(), rootPem, at);
                found++;
                continue;
            }

            foreach (var signer in SignedData.Decode(signature.Cms).SignerInfos)
            {
                found += await RequireSignatureTimestampsAsync(signer, rootPem, at);
            }
        }

        Assert.Equal(expected, found);
    }

    /// <summary>A detached CAdES signature with one archive time-stamp over all of it.</summary>
    public static async Task RequireArchivedAsync(byte[] cms, byte[] contentDigest, string rootPem)
    {
        var signedData = SignedData.Decode(cms);
        var signer = Assert.Single(signedData.SignerInfos);
        Assert.Equal(1, await RequireSignatureTimestampsAsync(signer, rootPem, null));
        var archive = Assert.Single(ArchiveTimestampV3.Find(signer));
        var check = ArchiveTimestampV3.Check(signedData, signer, archive, contentDigest);
        Assert.Equal(ArchiveTimestampProblem.None, check.Problem);
        Assert.Equal(signedData.Certificates.Count, check.Certificates.Count);
        Assert.Equal(signedData.Crls.Count, check.Crls.Count);
        Assert.NotEmpty(check.Crls);
        await RequireAsync(archive, check.Token!.TstInfo.MessageImprint.HashedMessage, rootPem, null);
    }

    /// <summary>A detached CAdES signature that was archived and renewed: the second archive time-stamp covers the first.</summary>
    public static async Task RequireArchivedTwiceAsync(byte[] cms, byte[] content, string rootPem)
    {
        var signedData = SignedData.Decode(cms);
        var signer = Assert.Single(signedData.SignerInfos);
        var archives = ArchiveTimestampV3.Find(signer);
        Assert.Equal(2, archives.Count);
        foreach (var archive in archives)
        {
            var digest = CryptographicOperations.HashData(ArchiveTimestampV3.HashOf(archive)!.Value, content);
            var check = ArchiveTimestampV3.Check(signedData, signer, archive, digest);
            Assert.Equal(ArchiveTimestampProblem.None, check.Problem);
            await RequireAsync(archive, check.Token!.TstInfo.MessageImprint.HashedMessage, rootPem, null);
        }
    }

    private static async Task<int> RequireSignatureTimestampsAsync(SignerInfo signer, string rootPem, DateTimeOffset? at)
    {
        var tokens = signer.UnsignedAttributes.Where(a => a.Oid == Oids.SignatureTimeStampToken).SelectMany(a => a.Values).ToList();
        foreach (var token in tokens)
        {
            var digest = CryptographicOperations.HashData(HashOf(TimeStampToken.Decode(token)), signer.Signature.Span);
            await RequireAsync(token, digest, rootPem, at);
        }

        return tokens.Count;
    }

    private static async Task RequireAsync(ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> digest, string rootPem, DateTimeOffset? at)
    {
        using var folder = new TemporaryFolder();
        string[] time = at is { } moment ? ["-attime", $"{moment.ToUnixTimeSeconds()}"] : [];
        var (code, output) = await ForeignTool.RunAsync(
            "openssl",
            [
                "ts",
                "-verify",
                "-digest",
                Convert.ToHexString(digest.Span),
                "-in",
                folder.Write("token.der", token.Span),
                "-token_in",
                "-CAfile",
                folder.Write("root.pem", Encoding.ASCII.GetBytes(rootPem)),
                .. time,
            ]
        );
        Assert.True(code == 0, output);
    }

    private static HashAlgorithmName HashOf(TimeStampToken token) =>
        HashAlgorithms.FromOid(token.TstInfo.MessageImprint.HashAlgorithm.Oid)!.Value;
}
