using System.Globalization;
using EContract.Hosting.Errors;

namespace EContract.Ca.Grpc;

/// <summary>A feed's position as text; empty is the beginning.</summary>
internal static class FeedCursor
{
    public static long Parse(string cursor) =>
        cursor.Length == 0 ? 0
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw ServiceException.Invalid("cursor", "was not given out by this feed");

    public static string Format(long position) => position.ToString(CultureInfo.InvariantCulture);
}
