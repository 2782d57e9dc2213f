using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EContract.Hosting.Errors;

namespace EContract.Ca.Grpc;

/// <summary>Where the next page begins. Bound to the list call and its filter, so that a token of another list is refused.</summary>
internal static class PageToken
{
    private const int TagLength = 8;
    private const int DefaultSize = 50;
    private const int MaxSize = 1000;

    public static int SizeOf(int requested) =>
        requested < 0 ? throw ServiceException.Invalid("page_size", "is negative")
        : requested == 0 ? DefaultSize
        : Math.Min(requested, MaxSize);

    public static string Encode(string filter, string last) => Base64Url.EncodeToString([.. Tag(filter), .. Encoding.UTF8.GetBytes(last)]);

    /// <returns>The last key of the page before; empty for the first page.</returns>
    /// <exception cref="ServiceException"><see cref="Fault.PageTokenInvalid"/>.</exception>
    public static string Decode(string filter, string token)
    {
        if (token.Length == 0)
        {
            return "";
        }

        if (token.Length <= 512 && Base64Url.IsValid(token))
        {
            var bytes = Base64Url.DecodeFromChars(token);
            if (bytes.Length > TagLength && bytes.AsSpan(0, TagLength).SequenceEqual(Tag(filter)))
            {
                return Encoding.UTF8.GetString(bytes, TagLength, bytes.Length - TagLength);
            }
        }

        throw new ServiceException(Fault.PageTokenInvalid, "the page token does not belong to this list");
    }

    private static ReadOnlySpan<byte> Tag(string filter) => SHA256.HashData(Encoding.UTF8.GetBytes(filter)).AsSpan(0, TagLength);
}
