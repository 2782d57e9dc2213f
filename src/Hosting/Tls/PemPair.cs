using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Hosting.Tls;

/// <summary>A certificate and its private key from two PEM files.</summary>
internal static class PemPair
{
    /// <exception cref="CryptographicException">One of them is damaged, or the key is another certificate's.</exception>
    public static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (ArgumentException e)
        {
            // So while one of the two files has been replaced and the other not yet.
            throw new CryptographicException($"{key} is not the key of {certificate}", e);
        }
    }
}
