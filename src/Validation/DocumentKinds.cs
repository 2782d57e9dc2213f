using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.X509;

namespace EContract.Validation;

/// <summary>Tells what a document is by its bytes.</summary>
public static class DocumentKinds
{
    // A reader looks for the header in the first 1024 bytes (ISO 32000-1 annex H.3, implementation note 13).
    private const int HeaderWindow = 1024;

    /// <summary>Whether a PDF begins here.</summary>
    /// <param name="document">Seekable; its position is put back to the start.</param>
    public static bool IsPdf(Stream document)
    {
        Span<byte> start = stackalloc byte[HeaderWindow];
        document.Position = 0;
        var count = document.ReadAtLeast(start, HeaderWindow, throwOnEndOfStream: false);
        document.Position = 0;
        return start[..count].IndexOf("%PDF-"u8) >= 0;
    }

    /// <summary>Whether a CMS is a time-stamp token.</summary>
    public static bool IsTimeStampToken(ReadOnlyMemory<byte> contentInfo)
    {
        try
        {
            return SignedData.Decode(contentInfo).ContentType == Oids.TstInfo;
        }
        catch (MalformedException)
        {
            return false; // then it is judged as CMS, and told what is wrong with it
        }
    }

    /// <summary>Whether this is a certificate, DER or PEM.</summary>
    public static bool IsCertificate(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return Certificate.Parse(encoded) is not null;
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            return false;
        }
    }
}
