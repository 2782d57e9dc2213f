using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using System.Text.RegularExpressions;
using EContract.Cli.Connections;

namespace EContract.Cli.Demo;

/// <summary>Takes a signed PDF apart with nothing of ours, so that OpenSSL can judge each part: signed bytes, CMS, time-stamp token.</summary>
internal sealed partial class SignedPdf
{
    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    private const string SignatureTimeStamp = "1.2.840.113549.1.9.16.2.14";

    private SignedPdf(byte[] content, byte[] cms)
    {
        Content = content;
        Cms = cms;
    }

    /// <summary>What /ByteRange covers.</summary>
    public byte[] Content { get; }

    /// <summary>What /Contents holds, without its filling.</summary>
    public byte[] Cms { get; }

    /// <summary>Whether it is a document time-stamp: /Contents then holds an RFC 3161 token over the covered bytes.</summary>
    public bool IsTimeStamp
    {
        get
        {
            var cms = new SignedCms();
            cms.Decode(Cms);
            return cms.ContentInfo.ContentType.Value == TstInfo;
        }
    }

    /// <summary>The signatures and document time-stamps of a document in the order of their revisions.</summary>
    public static IReadOnlyList<SignedPdf> Read(byte[] pdf)
    {
        // One byte per character, so that positions in the text are positions in the file.
        var text = Encoding.Latin1.GetString(pdf);
        return
        [
            .. ByteRange()
                .Matches(text)
                .Select(match => match.Groups.Cast<Group>().Skip(1).Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture)).ToArray())
                .OrderBy(range => range[2] + range[3])
                .Select(range => Take(pdf, text, range)),
        ];
    }

    /// <summary>The signature-time-stamp token (a CMS) and the signature value that it stamps.</summary>
    public (byte[] Token, byte[] SignatureValue) TimeStamp()
    {
        var cms = new SignedCms();
        cms.Decode(Cms);
        var signer = cms.SignerInfos[0];
        var attribute =
            signer.UnsignedAttributes.Cast<CryptographicAttributeObject>().FirstOrDefault(a => a.Oid.Value == SignatureTimeStamp)
            ?? throw new CommandException("the signature carries no time-stamp");
        return (attribute.Values[0].RawData, signer.GetSignature());
    }

    private static SignedPdf Take(byte[] pdf, string text, int[] range)
    {
        var hex = text[(range[0] + range[1])..range[2]].Trim('<', '>', ' ', '\r', '\n');
        var padded = Convert.FromHexString(hex);
        System.Formats.Asn1.AsnDecoder.ReadEncodedValue(padded, System.Formats.Asn1.AsnEncodingRules.BER, out _, out _, out var length);
        return new SignedPdf([.. pdf.AsSpan(range[0], range[1]), .. pdf.AsSpan(range[2], range[3])], padded[..length]);
    }

    [GeneratedRegex(@"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")]
    private static partial Regex ByteRange();
}
