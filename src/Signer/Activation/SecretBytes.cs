using System.Security.Cryptography;
using System.Text;

namespace EContract.Signer.Activation;

/// <summary>A PIN or seed on its way, zeroed when it has been used.</summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;

    private SecretBytes(byte[] bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public static SecretBytes FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes the array over.</summary>
    public static SecretBytes Own(byte[] bytes) => new(bytes);

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
